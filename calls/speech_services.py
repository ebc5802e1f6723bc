"""An office's choice of speech services: kept, tried, shown. The page and `manage.py set_service` come through here."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

from asgiref.sync import async_to_sync
from django.db import transaction
from django.utils.timezone import now

from calls.models import SpeechService
from calls.speech import apart, services
from calls.speech.ports import RATE, SpeechConfig, SpeechError
from config.kit import audit
from config.kit.secrets import Unreadable, seal, unseal
from config.models import Account, User

SENTENCE = "Thanks for calling, how can I help you today?"
KINDS = {"stt": "Hearing", "tts": "Speaking"}


class Wrong(Exception):
    """What was chosen cannot be; `field` says which part, the text is for staff."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose. `secret` None keeps the one that is saved."""

    provider: str
    base_url: str = ""
    model: str = ""
    voice: str = ""
    secret: str | None = None


def choose(account: Account, kind: str, choice: Choice, *, by: User | None = None) -> SpeechService | None:
    """Saves the choice; None for the built-in service. Raises Wrong."""
    before = SpeechService.objects.filter(account=account, kind=kind).first()
    if choice.provider == services.BUILTIN:
        with transaction.atomic():
            if before is not None:
                before.delete()
                audit.record(account, "speech.changed", KINDS[kind], user=by, provider=[before.provider, services.BUILTIN])
        return None
    provider = services.PROVIDERS.get(choice.provider)
    if provider is None or not provider.does(kind):
        known = ", ".join([services.BUILTIN, *(name for name, p in services.PROVIDERS.items() if p.does(kind))])
        raise Wrong("provider", f"Choose one of: {known}.")
    _address(choice.base_url)
    kept = before.secret if before is not None and _same_place(before, choice) else ""
    if choice.secret is None and before is not None and before.secret and not kept and before.provider == choice.provider:
        raise Wrong("secret", "Enter the key again: the address is another now, and a saved key goes only to where it was saved for.")
    secret = kept if choice.secret is None else seal(choice.secret)
    if provider.needs_key and not secret:
        raise Wrong("secret", f"{provider.name} needs a key.")
    with transaction.atomic():
        row, _ = SpeechService.objects.update_or_create(
            account=account,
            kind=kind,
            defaults={
                "provider": choice.provider,
                "base_url": choice.base_url.rstrip("/"),
                "model": choice.model,
                "voice": choice.voice,
                "secret": secret,
                "tested_at": None,
                "test_ok": False,
                "test_message": "",
            },
        )
        old = before.provider if before is not None else services.BUILTIN
        audit.record(account, "speech.changed", KINDS[kind], user=by, provider=[old, choice.provider])
    return row


def _address(url: str) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if url and not good:
        raise Wrong("base_url", "Write an address that begins with https://.")


def _same_place(before: SpeechService, choice: Choice) -> bool:
    """Whether a saved key may stay: a new address could be anybody's."""
    return before.provider == choice.provider and before.base_url == choice.base_url.rstrip("/")


def config_of(row: SpeechService) -> SpeechConfig:
    """Raises Unreadable."""
    return SpeechConfig("stt" if row.kind == "stt" else "tts", row.provider, row.base_url, row.model, row.voice, unseal(row.secret))


def try_out(row: SpeechService) -> SpeechService:
    """Speaks or hears one sentence with it and keeps what came of it."""
    try:
        ok, message = async_to_sync(attempt)(config_of(row))
    except (SpeechError, Unreadable) as error:
        ok, message = False, str(error)
    row.tested_at, row.test_ok, row.test_message = now(), ok, message[:300]
    row.save(update_fields=["tested_at", "test_ok", "test_message"])
    return row


async def attempt(config: SpeechConfig) -> tuple[bool, str]:
    """Whether the service does its work, and in words what it did. Raises SpeechError."""
    provider = services.PROVIDERS[config.provider]
    whole = services.filled(config, provider)
    if config.kind == "tts" and provider.speaks:
        pieces = provider.speaks(whole).speak(SENTENCE, voice="", language="en")
        seconds = len(b"".join([piece async for piece in pieces])) / 2 / RATE
        return (True, f"It spoke for {seconds:.1f} seconds.") if seconds > 0.5 else (False, "It sent no sound.")
    if not provider.hears:
        return False, f"{provider.name} cannot do this."
    sound = await asyncio.to_thread(apart.speak, SENTENCE, "june")
    heard = await provider.hears(whole).transcribe(sound, language="en")
    return ("help" in heard.lower(), f"It was told “{SENTENCE}” and heard “{heard[:120]}”.")
