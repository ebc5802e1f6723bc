"""Where each setting of a call came from, in the words of the parameter table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from calls.models import Call
from config.models import Account
from pathways.models import Pathway
from personas import citation_schemas
from personas.content import DISCLOSURES
from personas.parameters import PARAMETERS
from personas.parameters.told import told
from personas.queries import knowledge

NAMED: Mapping[str, Callable[[Account], Mapping[str, str]]] = {
    "tools": lambda account: dict(knowledge(account)),
    citation_schemas.PARAMETER: lambda account: citation_schemas.names(account, deleted=True),
}
ELSEWHERE = frozenset({"phone_number", "persona_id", "pathway_id", "pathway_version", "guard_rails"})  # the page says them elsewhere


@dataclass(frozen=True, slots=True)
class Setting:
    label: str
    value: str
    source: str  # request, persona, default


@dataclass(frozen=True, slots=True)
class Reading:
    """One kind of thing that the built-in agent read from the task."""

    title: str
    items: tuple[str, ...]


def settings(call: Call) -> list[Setting]:
    """Every parameter that has a value, in the order of the table."""
    found = []
    for parameter in PARAMETERS:
        if parameter.name in ELSEWHERE:
            continue
        given = call.config.get(parameter.name)
        value = told(parameter, _by_name(call, parameter.name, given))
        if value:
            found.append(Setting(parameter.label, value, str(call.sources.get(parameter.name, "default"))))
    return [*found, *_of_the_persona(call)]


def _of_the_persona(call: Call) -> list[Setting]:
    """What no parameter holds and only a persona brings: what its opening says besides, and when it goes over to a pathway."""
    said = [words for key, words in DISCLOSURES.items() if key in call.disclosures]
    found = [Setting("Says at the beginning", ", ".join(said), "persona")] if said else []
    uids = [uid for route in call.routes if (uid := _uuid(route.get("pathway_id")))]
    named = Pathway.objects.filter(account=call.account_id, uid__in=uids).values_list("uid", "name") if uids else ()
    names = {str(uid): name for uid, name in named}
    for route in call.routes:
        name = names.get(str(route.get("pathway_id")), "a pathway that is gone")
        found.append(Setting(f"Goes over to {name}", str(route.get("prompt") or route.get("name") or ""), "persona"))
    return found


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None


def _by_name(call: Call, parameter: str, given: Any) -> Any:
    """Knowledge and lists of facts by the names that people gave them; what is gone, or was written out, stays as it was sent."""
    known = NAMED.get(parameter)
    if known is None or not isinstance(given, list) or not any(isinstance(item, str) for item in given):
        return given
    names = known(call.account)
    return [names.get(item, item) if isinstance(item, str) else item for item in given]


def reading(call: Call) -> list[Reading]:
    """How the built-in agent read the task; empty when the call keeps no reading."""
    read: Mapping[str, Any] = call.reading or {}
    questions = [q for q in _list(read.get("questions")) if isinstance(q, Mapping)]
    kinds = [
        ("It says", [*_texts(read.get("statements")), *(_item(q) for q in questions if q.get("slot") == "say")]),
        ("It asks", [_item(q) for q in questions if q.get("slot") != "say"]),
        ("It answers from", _texts(read.get("facts"))),
        ("It says before goodbye", _texts(read.get("late"))),
        ("It does not talk about", _texts(read.get("avoid"))),
        ("It ignores", [*_texts(read.get("ignored")), *_texts(read.get("behaviours"))]),
    ]
    return [Reading(title, tuple(items)) for title, items in ((title, [i for i in items if i]) for title, items in kinds) if items]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _item(value: Any) -> str:
    return str(value.get("text", "") if isinstance(value, Mapping) else value)


def _texts(value: Any) -> list[str]:
    return [_item(x) for x in _list(value)]
