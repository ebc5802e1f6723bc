"""Who calls on invented calls: personas in production, published pathways, a guard rail, numbers. What an office has already is taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from calls.models import Call, Number
from calls.seeding.phrases import script
from config.kit.writing import writing
from config.models import Account
from pathways import graph as graphs
from pathways import making
from pathways.models import Pathway
from pathways.publishing import publish
from pathways.starters import starters
from personas import versions
from personas.content import Content
from personas.models import GuardRail, PersonaVersion
from personas.versions import About

PATHWAYS = ("appointment_reminder", "payment_reminder", "lead_qualification")
NUMBERS = ("+12025550111", "+12025550112", "+13105550113", "+12125550114")
WALKS, LONGEST_WALK = 60, 9  # ways through a pathway that calls take, steps of one


@dataclass(frozen=True, slots=True)
class Step:
    node_id: str
    name: str
    type: str
    edge: str  # the way that led here; "" at the start


@dataclass(frozen=True, slots=True)
class Role:
    """What the calls of one persona and pathway have in common."""

    agent: str  # its name, as it says it
    call: Call  # not saved: the columns that all of them share
    walks: Sequence[Sequence[Step]]  # none without a pathway


@dataclass(frozen=True, slots=True)
class Cast:
    roles: Sequence[Role]
    numbers: Sequence[str]
    rail: GuardRail


def assemble(account: Account, rng: Random) -> Cast:
    with writing():
        personas, pathways = _personas(account), _pathways(account)
        rail = _rail(account)
        numbers = _numbers(account)
    roles = []
    for place, persona in enumerate(personas):
        roles.append(_role(account, persona, None, place, rng))
        roles.append(_role(account, persona, pathways[place % len(pathways)], place, rng))
    return Cast(roles, numbers, rail)


def _role(account: Account, version: PersonaVersion, pathway: Pathway | None, place: int, rng: Random) -> Role:
    tasks, agent = script()["tasks"], version.persona.name.split(",")[0]
    config = {
        "max_duration": 10,
        "voice": "June",
        "language": "en-US",
        "record": False,
        "task": tasks[place % len(tasks)].format(agent=agent),
    }
    production = pathway.production if pathway else None
    call = Call(
        account=account,
        persona=version.persona,
        persona_version=version.number,
        pathway=pathway,
        pathway_version=production.number if production else None,
        agent="Pathway · built-in agent" if pathway else "built-in",
        country="US",
        config={**config, **({"pathway_id": str(pathway.uid)} if pathway else {})},
        request={"phone_number": "+1", "persona_id": str(version.persona.uid)},
        sources={"task": "persona", "voice": "persona"},
    )
    return Role(agent, call, _walks(graphs.load(production.graph), rng) if production else ())


def _personas(account: Account) -> list[PersonaVersion]:
    found = PersonaVersion.objects.filter(persona__account=account, persona__deleted_at=None, state=PersonaVersion.State.PRODUCTION)
    have = list(found.select_related("persona").order_by("pk")[: len(script()["personas"])])
    for name, role in script()["personas"][len(have) :]:
        made = versions.create(account, About(name, role=role), Content({"voice": "June"})).production
        have += [made] if made else []
    return have


def _pathways(account: Account) -> list[Pathway]:
    rows = Pathway.objects.filter(account=account, deleted_at=None, production__isnull=False).select_related("production")
    for key in PATHWAYS[rows.count() :]:
        starter = starters()[key]  # without its rehearsals: they would have to be green first
        publish(making.create(account, starter.name, starter.description, graph=starter.graph), "production")
    return list(rows.order_by("pk")[: len(PATHWAYS)])


def _rail(account: Account) -> GuardRail:
    given = script()["rail"]
    found = GuardRail.objects.filter(account=account, deleted_at=None).order_by("pk").first()
    return found or GuardRail.objects.create(
        account=account, type="custom", name=given["name"], prompt=given["prompt"], examples=[given["quote"]]
    )


def _numbers(account: Account) -> list[str]:
    have = list(Number.objects.filter(account=account).order_by("pk").values_list("number", flat=True)[:8])
    if not have:
        Number.objects.bulk_create(Number(account=account, number=number, label=f"Office {n}") for n, number in enumerate(NUMBERS, 1))
    return have or list(NUMBERS)


def _walks(graph: graphs.Graph, rng: Random) -> list[list[Step]]:
    start = graph.start
    return [_walk(graph, start, rng) for _ in range(WALKS)] if start else []


def _walk(graph: graphs.Graph, start: graphs.Node, rng: Random) -> list[Step]:
    steps, node = [Step(start.id, start.name, start.type, "")], start
    while len(steps) < LONGEST_WALK and (ways := graph.ways(node.id)):
        way = ways[min(int(rng.expovariate(0.9)), len(ways) - 1)]  # the first way is taken most
        target = graph.node(way.target)
        if target is None:
            break
        steps.append(Step(target.id, target.name, target.type, way.id))
        node = target
    return steps
