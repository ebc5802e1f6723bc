"""The kinds of line an office can connect: their settings, their secret and how each is tested."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from calls.carriers.base import LineConfig
from calls.carriers.fields import Field, Wrong
from calls.carriers.sip import settings as sip
from calls.carriers.twilio import settings as twilio

type Probe = Callable[[LineConfig], Awaitable[tuple[bool, str]]]


@dataclass(frozen=True, slots=True)
class Kind:
    """`goes_to`: the setting that says where the secret is sent; when that changes, the secret must be given again."""

    key: str  # as in Line.kind and in addresses
    word: str
    about: str
    fields: tuple[Field, ...]
    check: Callable[[Mapping[str, Any]], tuple[dict[str, Any], dict[str, str]]]
    check_secret: Callable[[str], str]
    missing: Callable[[], str]
    where: Callable[[Mapping[str, Any]], str]
    probe: Callable[[], Probe]  # loaded only when it is wanted
    secret_label: str
    secret_help: str
    secret_needed: bool
    goes_to: str
    drawn_after: str  # the setting that the secret is drawn behind


def _sip_where(settings: Mapping[str, Any]) -> str:
    try:
        trunk = sip.parse(settings)
    except Wrong:
        return str(settings.get("host", ""))
    return f"{trunk.at} over {trunk.transport.upper()}"


def _twilio_where(settings: Mapping[str, Any]) -> str:
    base = str(settings.get("base_url", twilio.TWILIO))
    return f"{settings.get('account_sid', '')}{'' if base == twilio.TWILIO else f' at {base}'}"


def _sip_probe() -> Probe:
    from calls.carriers.sip.probe import probe

    return probe


def _twilio_probe() -> Probe:
    from calls.carriers.twilio.probe import probe  # Twilio's client takes a while to load

    return probe


KINDS = {
    kind.key: kind
    for kind in (
        Kind(
            "sip",
            "SIP trunk",
            "Your own PBX, or a provider of SIP trunks. Calls go there directly from this server.",
            sip.FIELDS,
            sip.check,
            sip.check_secret,
            sip.missing,
            _sip_where,
            _sip_probe,
            "Password",
            "For the user name above. Trunks that know this server by its address need none",
            secret_needed=False,
            goes_to="host",
            drawn_after="auth_user",
        ),
        Kind(
            "twilio",
            "Twilio account",
            "An account SID, its auth token and a number. Twilio must be able to reach this server.",
            twilio.FIELDS,
            twilio.check,
            twilio.check_secret,
            twilio.missing,
            _twilio_where,
            _twilio_probe,
            twilio.SECRET_LABEL,
            twilio.SECRET_HELP,
            secret_needed=True,
            goes_to="base_url",
            drawn_after="account_sid",
        ),
    )
}
