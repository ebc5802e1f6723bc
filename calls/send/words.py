"""What the Send call page says about zones, and the variables that every call has."""

from collections.abc import Mapping
from typing import Any

from calls import zones
from calls.send.inherit import Inherited

# Variables that every call has by itself (calls.variables).
ALWAYS_KNOWN = frozenset(
    ["now", "now_utc", "from", "to", "short_from", "short_to", "phone_number", "call_id", "city", "state", "country", "zip", "language"]
)


def zone_of(body: Mapping[str, Any], held: Inherited) -> str:
    """The callee's zone: the one given, else the number's, else the standard one."""
    given = body.get("timezone") or (held.values.get("timezone") if "timezone" in held.from_persona else "")
    if given in zones.KNOWN:
        return str(given)
    return zones.of_number(str(body.get("phone_number", "")))
