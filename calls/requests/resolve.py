"""From a request to the value of every parameter: the request beats the persona, the persona beats the default, each for itself."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from calls import zones
from calls.requests.refused import invalid
from config.models import Account
from personas.content import whole_task
from personas.models import PersonaVersion
from personas.parameters import Context, defaults, phone, validate

TURBO_TRANSFER = "is ignored: the turbo model cannot hand a call over."
LED_BY_PATHWAY = "is ignored: the pathway leads the call."


@dataclass(slots=True)
class Draft:
    """A call that was asked for, before any rule about it."""

    config: dict[str, Any]
    sources: dict[str, str]
    notes: list[str] = field(default_factory=list)
    persona: PersonaVersion | None = None

    @property
    def routes(self) -> list[dict[str, Any]]:
        """When the call goes over to a pathway; one that is led by a pathway does not."""
        return list(self.persona.routes) if self.persona and self.config["pathway_id"] is None else []

    @property
    def disclosures(self) -> list[str]:
        return list(self.persona.disclosures) if self.persona else []

    @property
    def number(self) -> str:
        return str(self.config["phone_number"])


def resolve(account: Account, body: Any, at: datetime, *, rehearsed: bool = False) -> Draft:
    """Merges, checks and fills in. Raises Refused (400) with every error of the request.

    `rehearsed`: with the draft of the persona in place of what is in production.
    """
    persona = persona_version(account, body.get("persona_id"), draft=rehearsed) if isinstance(body, dict) else None
    context = Context(at=at, country=account.country, allow_http=settings.ALLOW_HTTP_WEBHOOKS)
    checked = validate(body, context, inherited=persona.config if persona else None)
    if checked.errors:
        raise invalid(checked.errors)
    config = defaults() | checked.values
    sources = {name: _source(name, checked.given, checked.values) for name in config}
    if not config["timezone"]:
        config["timezone"] = zones.of_number(config["phone_number"], account.country)
    draft = Draft(config, sources, checked.notes, persona)
    _leave_out(draft)
    _for_every_call(draft)
    return draft


def persona_version(account: Account, uid: Any, *, draft: bool = False) -> PersonaVersion | None:
    """The version of the account's persona that calls are made with, or its draft; None when there is none."""
    known = as_uuid(uid)
    if known is None:
        return None
    state = PersonaVersion.State.DRAFT if draft else PersonaVersion.State.PRODUCTION
    versions = PersonaVersion.objects.filter(persona__uid=known, persona__account=account, persona__deleted_at=None)
    return versions.filter(state=state).select_related("persona").first()


def country_of(number: str, account: Account) -> str:
    return phone.parse(number, account.country).country


def as_uuid(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _source(name: str, given: frozenset[str], values: dict[str, Any]) -> str:
    if name in given:
        return "request"
    return "persona" if name in values else "default"


def _leave_out(draft: Draft) -> None:
    """What does not go together: one of the two is dropped, and a note says so."""
    config, notes = draft.config, draft.notes
    if config["pathway_id"] is None:
        for name in ("pathway_version", "start_node_id"):
            if draft.sources[name] != "default" and config[name] is not None:
                notes.append(f"{name} is ignored: there is no pathway.")
            config[name] = None
    else:
        for name in ("task", "transfer_phone_number", "transfer_list"):
            if config[name]:
                notes.append(f"{name} {LED_BY_PATHWAY}")
                config[name] = None if name != "transfer_list" else {}
    if config["model"] == "turbo":
        for name in ("transfer_phone_number", "transfer_list"):
            if config[name]:
                notes.append(f"{name} {TURBO_TRANSFER}")
                config[name] = None if name != "transfer_list" else {}
        tools = [tool for tool in config["tools"] if tool.startswith("TL-")]
        if tools:
            notes.append(f"{', '.join(tools)} is ignored: the turbo model cannot use tools.")
            config["tools"] = [tool for tool in config["tools"] if tool not in tools]


def _for_every_call(draft: Draft) -> None:
    """The persona's words for every call stand before the task, whoever wrote that."""
    words = draft.persona.orchestration_prompt if draft.persona else ""
    if not words.strip():
        return
    if draft.config["pathway_id"] is not None:
        draft.notes.append("The persona's words for every call are ignored: the pathway leads the call.")
        return
    draft.config["task"] = whole_task(words, draft.config["task"] or "")
    if draft.sources["task"] == "request":
        draft.notes.append("The persona's words for every call stand before the task.")
