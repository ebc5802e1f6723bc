"""The `setup` words of the contract: each makes the rows that its sentence describes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils.timezone import now

from calls.models import BillingRecord, BlockedNumber, Call, CallingRules, DoNotCall, Number
from config.models import Account, ApiKey
from pathways.models import Pathway, PathwayVersion
from personas.models import Persona, PersonaVersion
from tests import factories

NUMBER = "+15005550006"
NODES = [
    {"id": "1", "type": "Default", "data": {"name": "Start", "isStart": True, "text": "Hello, this is Anna."}},
    {"id": "2", "type": "End Call", "data": {"name": "End", "prompt": "Say goodbye."}},
]
EDGES = [{"id": "e1", "source": "1", "target": "2", "data": {"label": "done"}}]


@dataclass(slots=True)
class World:
    """A fresh account with one valid key, and what {pathway} and {persona} stand for."""

    account: Account
    key: ApiKey
    secret: str
    names: dict[str, str] = field(default_factory=dict)


def fresh() -> World:
    account = factories.account()
    key, secret = ApiKey.issue(account, "contract")
    return World(account, key, secret, {"key": secret})


def make(world: World, word: str) -> None:
    SETUPS[word](world)


def _rules(world: World, **fields) -> None:
    CallingRules.objects.filter(account=world.account).update(**fields)


def _called(world: World, seconds: int) -> None:
    factories.call(world.account, to_number=NUMBER, created_at=now() - timedelta(seconds=seconds))


def _used_up(world: World, calls: int) -> None:
    at = now() - timedelta(minutes=20)
    rows = [
        Call(account=world.account, to_number=f"+1720555{n:04}", created_at=at, state="complete", status="completed") for n in range(calls)
    ]
    Call.objects.bulk_create(rows)


def _young(world: World) -> None:
    Account.objects.filter(pk=world.account.pk).update(created_at=now() - timedelta(hours=2))
    _used_up(world, CallingRules.objects.get(account=world.account).per_hour_first_day)


def _pathway(world: World, nodes: list, edges: list) -> Pathway:
    pathway = Pathway.objects.create(account=world.account, name="Reminders")
    pathway.production = _version(pathway, 1, nodes, edges)
    pathway.save(update_fields=["production"])
    world.names["pathway"] = str(pathway.uid)
    return pathway


def _version(pathway: Pathway, number: int, nodes: list, edges: list) -> PathwayVersion:
    return PathwayVersion.objects.create(pathway=pathway, number=number, graph={"nodes": nodes, "edges": edges}, published_at=now())


def _staged(world: World) -> None:
    pathway = _pathway(world, NODES, EDGES)
    pathway.staging = _version(pathway, 2, NODES, EDGES)
    pathway.save(update_fields=["staging"])


def _persona(world: World) -> None:
    persona = Persona.objects.create(account=world.account, name="Anna")
    config = {"task": factories.TASK, "voice": "June"}
    PersonaVersion.objects.create(persona=persona, number=1, state=PersonaVersion.State.PRODUCTION, config=config, promoted_at=now())
    world.names["persona"] = str(persona.uid)


def _billing(world: World, *, balance: int | None) -> None:
    _rules(world, billing_on=True)
    if balance is not None:
        BillingRecord.objects.create(account=world.account, balance=balance)


SAYS_IT = [{"id": "1", "type": "Default", "data": {"name": "Start", "isStart": True, "text": "Please wire me money today."}}, NODES[1]]
SETUPS: dict[str, Callable[[World], object]] = {
    "expired_key": lambda w: ApiKey.objects.filter(pk=w.key.pk).update(expires_at=now() - timedelta(days=1)),
    "revoked_key": lambda w: ApiKey.objects.filter(pk=w.key.pk).update(revoked_at=now()),
    "account_flagged": lambda w: Account.objects.filter(pk=w.account.pk).update(flagged_at=now(), flagged_reason="three tries to call 911"),
    "number_on_dnc": lambda w: DoNotCall.objects.create(account=w.account, number=NUMBER),
    "number_blacklisted": lambda w: BlockedNumber.objects.create(account=w.account, number=NUMBER),
    "same_number_called_3s_ago": lambda w: _called(w, 3),
    "same_number_called_11s_ago": lambda w: _called(w, 11),
    "account_rate_exhausted": lambda w: _used_up(w, CallingRules.objects.get(account=w.account).per_hour),
    "new_account_rate_exhausted": _young,
    "international_allowed": lambda w: _rules(w, allowed_countries=["GB"]),
    "international_not_allowed": lambda w: _rules(w, allowed_countries=[]),
    "billing_on_no_record": lambda w: _billing(w, balance=None),
    "billing_on_zero_balance": lambda w: _billing(w, balance=0),
    "owns_+15005550100": lambda w: Number.objects.create(account=w.account, number="+15005550100"),
    "blocked_phrase_wire_me_money": lambda w: _rules(w, blocked_phrases=["wire me money"]),
    "pathway_published": lambda w: _pathway(w, NODES, EDGES),
    "pathway_published_and_staged": _staged,
    "pathway_published_empty": lambda w: _pathway(w, [], []),
    "pathway_published_saying_wire_me_money": lambda w: _pathway(w, SAYS_IT, EDGES),
    "persona_with_task": _persona,
}
