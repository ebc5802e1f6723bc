"""A random history of calls, and what is to be counted of it, counted from the rows one by one."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from analytics import histogram
from analytics.models import CallBucket, HeatBucket, SpeedBucket, StepBucket, TallyBucket
from analytics.slots import slot_of
from calls.models import Call, CallEvent, GuardRailTrip, Utterance
from pathways import making
from personas import versions
from personas.content import Content
from personas.versions import About
from tests import factories

TAGS = ("COMPLETED_ACTION", "NO_CONTACT_MADE", "CALLBACK", "", "Wants “a quote”, soon")
ZONES = ("America/Denver", "Asia/Kolkata", "Europe/London", "Nowhere/Known")
FIELDS = ("calls", "answered", "by_person", "by_machine", "talk_ms", "cost", "priced", "trips", "tripped")


@dataclass
class Office:
    account: object
    personas: list
    pathways: list


def office(name="Acme Dental", **fields) -> Office:
    account = factories.account(name, **fields)
    personas = [versions.create(account, About(n), Content({})) for n in ("June", "Sam")]
    graph = {
        "nodes": [{"id": n, "type": "Default", "data": {"name": n, "isStart": n == "a"}} for n in "abc"],
        "edges": [{"id": "ab", "source": "a", "target": "b", "data": {"label": "yes"}}],
    }
    return Office(account, personas, [making.create(account, n, "", graph=graph).pathway for n in ("Reminder", "Survey")])


def history(office: Office, rng: Random, calls: int, first: datetime, days: float) -> list[Call]:
    return [one(office, rng, first + timedelta(seconds=rng.randrange(int(days * 86_400)))) for _ in range(calls)]


def one(office: Office, rng: Random, at: datetime, **fields) -> Call:
    """A call that is over (nine of ten are), with lines, steps and trips."""
    answered = rng.choice(["human", "human", "voicemail", "unknown", ""])
    dialled = at + timedelta(minutes=rng.choice([0, 0, 1, 50, 600])) if rng.random() < 0.9 else None
    started = dialled + timedelta(seconds=8) if dialled and answered else None
    pathway = rng.choice([None, *office.pathways])
    made = {
        "created_at": at,
        "dialling_at": dialled,
        "started_at": started,
        "ended_at": at + timedelta(hours=11) if rng.random() < 0.9 else None,
        "state": "complete",
        "answered_by": answered if started else "",
        "duration_ms": rng.randrange(900, 400_000) if started else 0,
        "price": rng.choice([None, Decimal("0.0931"), Decimal("1.2")]),
        "disposition_tag": rng.choice(TAGS),
        "persona": rng.choice([None, *office.personas]),
        "pathway": pathway,
        "pathway_version": 1 if pathway else None,
        "from_number": rng.choice(["", "+12025550111", "+12025550112"]),
        "timezone": rng.choice(ZONES),
    }
    call = factories.call(office.account, **(made | fields))
    if call.started_at:
        _talk(call, rng)
    return call


def _talk(call: Call, rng: Random) -> None:
    latencies = [
        None,
        {"hold": 400, "agent": 90, "total": 612},
        {"total": rng.randrange(1, 90_000), "odd": "words"},
        {"hold": "no", "stt": 7.5},
    ]
    for seq in range(1, rng.randrange(2, 6)):
        Utterance.objects.create(call=call, seq=seq, speaker="assistant", text="…", start_ms=0, end_ms=9, latency=rng.choice(latencies))
    if call.pathway:
        for seq in range(10, 10 + rng.randrange(1, 8)):
            kind = rng.choice(["node", "node", "decision", "note", "pathway" if seq > 13 else "note"])
            data = {"node_id": rng.choice("abc"), "chosen_edge": rng.choice(["ab", "bc", ""])}
            CallEvent.objects.create(call=call, seq=seq, category="call", kind=kind, message="", data=data)
    if rng.random() < 0.3:
        for seq in range(30, 30 + rng.randrange(1, 3)):
            trip = {"name": rng.choice(["No advice", "No prices"]), "type": "custom", "seq": seq, "at_ms": 5, "action": "end"}
            GuardRailTrip.objects.create(call=call, account=call.account, **trip)


def kept(account) -> dict[str, object]:
    """All buckets of an account, comparable: without the primary keys."""
    key = ("grain", "persona", "pathway", "number", "slot")
    found: dict[str, object] = {}
    for model, more in (
        (CallBucket, FIELDS),
        (TallyBucket, ("kind", "key", "calls", "newest")),
        (HeatBucket, ("delay", "ahead", "calls", "by_person")),
        (StepBucket, ("version", "node", "way", "calls")),
    ):
        found[model.__name__] = sorted(model.objects.filter(account=account).values_list(*key, *more))
    speeds = SpeedBucket.objects.filter(account=account).values_list(*key, "counts")
    found["SpeedBucket"] = sorted((*row[:-1], histogram.unpack(bytes(row[-1]))) for row in speeds)
    return found


def counted(account, step=4) -> dict[str, object]:
    """The same as `kept`, from the rows."""
    sums: dict[tuple, list] = {}
    tallies, heat, steps, newest, speeds = Counter(), Counter(), Counter(), {}, Counter()
    for call in Call.objects.filter(account=account, ended_at__isnull=False):
        slot = slot_of(call.created_at) // step * step
        for grain in range(8):
            key = (
                grain,
                (call.persona_id or 0) if grain & 1 else 0,
                (call.pathway_id or 0) if grain & 2 else 0,
                call.from_number if grain & 4 else "",
                slot,
            )
            _add(sums.setdefault(key, [0] * len(FIELDS)), call)
            _tally(key, call, tallies, newest)
            if call.dialling_at:
                at = slot_of(call.dialling_at) // step * step
                heat[*key, at - slot, _ahead(call), "calls"] += 1
                heat[*key, at - slot, _ahead(call), "by_person"] += call.answered_by == "human"
            for lane in _lanes(call):
                speeds[key] += 1 << (lane * histogram.BITS)
            if grain & 2 and call.pathway_id:
                steps.update((*key, call.pathway_version, node, way) for node, way in _steps(call))
    return {
        "CallBucket": sorted((*key, *values) for key, values in sums.items()),
        "TallyBucket": sorted((*key, n, newest[key]) for key, n in tallies.items()),
        "HeatBucket": sorted((*key[:-1], n, heat[*key[:-1], "by_person"]) for key, n in heat.items() if key[-1] == "calls"),
        "StepBucket": sorted((*key, n) for key, n in steps.items()),
        "SpeedBucket": sorted((*key, n) for key, n in speeds.items()),
    }


def _add(sums: list, call: Call) -> None:
    trips = call.trips.count()
    answered, person = call.started_at is not None, call.answered_by == "human"
    more = (1, answered, person, call.answered_by == "voicemail", call.duration_ms if answered else 0, call.price or 0)
    sums[:] = [a + b for a, b in zip(sums, (*more, call.price is not None, trips, trips > 0), strict=True)]


def _tally(key, call, tallies, newest) -> None:
    for kind, name, pk in [("outcome", call.disposition_tag, call.pk), *(("rail", t.name, t.pk) for t in call.trips.all())]:
        tallies[*key, kind, name] += 1
        newest[*key, kind, name] = max(pk, newest.get((*key, kind, name), 0))


def _ahead(call: Call) -> int:
    from zoneinfo import ZoneInfo

    if call.timezone == "Nowhere/Known":
        return 0
    return int(call.dialling_at.astimezone(ZoneInfo(call.timezone)).utcoffset() / timedelta(minutes=15))


def _lanes(call: Call) -> list[int]:
    found = [(name, ms) for line in call.utterances.all() for name, ms in (line.latency or {}).items() if name in histogram.REPLY]
    if call.started_at and call.duration_ms:
        found.append(("length", call.duration_ms))
    return [histogram.lane(name, histogram.bucket_of(name, ms)) for name, ms in found if isinstance(ms, int | float)]


def _steps(call: Call) -> set[tuple[str, str]]:
    found, last = set(), None
    for event in call.events.order_by("seq"):
        if event.kind == "pathway":
            break
        if event.kind == "node":
            last = event.data["node_id"]
            found.add((last, ""))
        elif event.kind == "decision" and event.data["chosen_edge"]:
            found.add((event.data["node_id"], event.data["chosen_edge"]))
    return found | ({(last, ".")} if last else set())
