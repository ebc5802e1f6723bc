"""The statements that count calls: one INSERT … SELECT for each kind of bucket, the same on both databases.

What differs between SQLite and PostgreSQL is in `Dialect`. Names are ours, every value is a parameter.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analytics.histogram import PARTS
from analytics.models import Bucket, CallBucket, HeatBucket, StepBucket, TallyBucket
from calls.models import Call, CallEvent, GuardRailTrip, Utterance

DIMENSIONS = (("persona", 1, "0"), ("pathway", 2, "0"), ("number", 4, "''"))
FINEST = 7
GRAINS = (6, 5, 4, 3, 2, 1, 0)
PACKED = 1 << 32  # what SPEEDS gives: lane * PACKED + count


@dataclass(frozen=True, slots=True)
class Dialect:
    epoch: str  # seconds since 1970, whole, of {}
    log: str  # the bucket of {} milliseconds (float)
    each: str  # the members of the JSON object {}, as `part(key, value…)`
    number: str  # the value of `part` as a float, NULL when it is no number
    field: str  # the text of {1} in the JSON of {0}
    listed: str  # a JSON list of {}, over a group
    before: tuple[str, ...] = ()  # statements that hold for the transaction


SQLITE = Dialect(
    epoch="CAST(strftime('%%s', {}) AS INTEGER)",
    log="CAST(LN(MAX({}, 1)) * {} AS INTEGER)",
    each="json_each({})",
    number="CASE WHEN part.type IN ('integer', 'real') THEN part.value * 1.0 END",
    field="json_extract({}, '$.{}')",
    listed="json_group_array({})",
)
POSTGRESQL = Dialect(
    epoch="CAST(FLOOR(EXTRACT(EPOCH FROM {})) AS bigint)",
    log="CAST(FLOOR(LN(GREATEST({}, 1)) * {}) AS integer)",
    each="jsonb_each({})",
    number="CASE WHEN jsonb_typeof(part.value) = 'number' THEN CAST(part.value AS double precision) END",
    field="({} ->> '{}')",
    listed="json_agg({})",
    before=("SET LOCAL jit = off",),  # it takes longer to compile these than to run them
)


@dataclass(frozen=True, slots=True)
class Zoned:
    """A zone's clocks from `since` until `until` (seconds since 1970), `ahead` quarter hours ahead of UTC."""

    name: str
    since: int
    until: int
    ahead: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """The calls that were sent from one moment until another, in slots of `step` quarter hours."""

    account: int
    begin: Any  # datetimes as the database takes them
    end: Any
    step: int


type Statement = tuple[str, list[Any]]


def dialect(vendor: str) -> Dialect:
    return POSTGRESQL if vendor == "postgresql" else SQLITE


def _slot(d: Dialect, column: str, step: int) -> str:
    return f"({d.epoch.format(column)} / {900 * step} * {step})"


def _facts(d: Dialect, part: Stretch) -> Statement:
    """The calls that are counted: those that are over."""
    sql = f"""facts AS (SELECT c.id, {_slot(d, "c.created_at", part.step)} AS slot, COALESCE(c.persona_id, 0) AS persona,
        COALESCE(c.pathway_id, 0) AS pathway, c.from_number AS number, c.pathway_version, c.started_at, c.answered_by, c.duration_ms,
        c.price, c.disposition_tag, c.timezone, {d.epoch.format("c.dialling_at")} AS dialled
        FROM {Call._meta.db_table} c WHERE c.account_id = %s AND c.created_at >= %s AND c.created_at < %s AND c.ended_at IS NOT NULL)"""  # noqa: S608  names of ours, here and below
    return sql, [part.account, part.begin, part.end]


def _insert(model: type[Bucket], d: Dialect, part: Stretch, select: str, params: Sequence[Any] = ()) -> Statement:
    facts, given = _facts(d, part)
    names = ", ".join(["account_id", "grain", "persona", "pathway", "number", "slot", *_quoted(MEASURES[model].columns)])
    return f"INSERT INTO {model._meta.db_table} ({names}) WITH {facts}{select}", [*given, *params]


def _head(part: Stretch) -> str:
    return f"SELECT {part.account:d}, {FINEST}, facts.persona, facts.pathway, facts.number, facts.slot"


GROUP = " GROUP BY facts.persona, facts.pathway, facts.number, facts.slot"


def calls(d: Dialect, part: Stretch) -> Statement:
    select = f"""{_head(part)}, COUNT(*), COUNT(started_at), SUM(CASE WHEN answered_by = 'human' THEN 1 ELSE 0 END),
        SUM(CASE WHEN answered_by = 'voicemail' THEN 1 ELSE 0 END), SUM(CASE WHEN started_at IS NOT NULL THEN duration_ms ELSE 0 END),
        COALESCE(SUM(price), 0), COUNT(price), COALESCE(SUM(t.trips), 0), COUNT(t.trips) FROM facts
        LEFT JOIN (SELECT call_id, COUNT(*) AS trips FROM {GuardRailTrip._meta.db_table}
            WHERE call_id IN (SELECT id FROM facts) GROUP BY call_id) t ON t.call_id = facts.id{GROUP}"""  # noqa: S608
    return _insert(CallBucket, d, part, f" {select}")


def outcomes(d: Dialect, part: Stretch) -> Statement:
    select = f"{_head(part)}, 'outcome', disposition_tag, COUNT(*), MAX(facts.id) FROM facts{GROUP}, disposition_tag"
    return _insert(TallyBucket, d, part, f" {select}")


def trips(d: Dialect, part: Stretch) -> Statement:
    select = f"""{_head(part)}, 'rail', t.name, COUNT(*), MAX(t.id) FROM facts
        JOIN {GuardRailTrip._meta.db_table} t ON t.call_id = facts.id{GROUP}, t.name"""
    return _insert(TallyBucket, d, part, f" {select}")


def heat(d: Dialect, part: Stretch, zones: Sequence[Zoned]) -> Statement:
    """Without zones nobody was dialled, and there is nothing to do: give at least one."""
    values = ", ".join(["(%s, %s, %s, %s)"] * len(zones))
    zone = f", zone(name, since, till, ahead) AS (VALUES {values})"
    delay = f"dialled / {900 * part.step} * {part.step} - facts.slot"
    select = f"""{_head(part)}, {delay}, COALESCE(zone.ahead, 0), COUNT(*), SUM(CASE WHEN answered_by = 'human' THEN 1 ELSE 0 END)
        FROM facts LEFT JOIN zone ON zone.name = facts.timezone AND dialled >= zone.since AND dialled < zone.till
        WHERE dialled IS NOT NULL{GROUP}, {delay}, COALESCE(zone.ahead, 0)"""
    params = [value for z in zones for value in (z.name, z.since, z.until, z.ahead)]
    return _insert(HeatBucket, d, part, f"{zone} {select}", params)


def steps(d: Dialect, part: Stretch) -> Statement:
    """Reached, left by a way, ended at: each call once. What happens on another pathway, after the call went over, is not of this one."""
    node, edge = d.field.format("e.data", "node_id"), d.field.format("e.data", "chosen_edge")
    walked = f""", walked AS (SELECT facts.*, e.kind, e.seq, {node} AS node, {edge} AS edge,
            MIN(CASE WHEN e.kind = 'pathway' THEN e.seq END) OVER (PARTITION BY e.call_id) AS over_at
        FROM facts JOIN {CallEvent._meta.db_table} e ON e.call_id = facts.id
        WHERE facts.pathway <> 0 AND facts.pathway_version IS NOT NULL AND e.kind IN ('node', 'decision', 'pathway')),
        here AS (SELECT * FROM walked WHERE node IS NOT NULL AND kind <> 'pathway' AND (over_at IS NULL OR seq < over_at)),
        way AS (SELECT id, persona, pathway, number, slot, pathway_version, node, '' AS way FROM here WHERE kind = 'node'
            UNION ALL SELECT id, persona, pathway, number, slot, pathway_version, node, edge FROM here
                WHERE kind = 'decision' AND edge <> ''
            UNION ALL SELECT id, persona, pathway, number, slot, pathway_version, node, '.' FROM
                (SELECT here.*, ROW_NUMBER() OVER (PARTITION BY id ORDER BY seq DESC) AS place FROM here WHERE kind = 'node') n
                WHERE place = 1)"""  # noqa: S608
    select = f"""SELECT {part.account:d}, {FINEST}, persona, pathway, number, slot, pathway_version, node, way, COUNT(DISTINCT id)
        FROM way GROUP BY persona, pathway, number, slot, pathway_version, node, way"""  # noqa: S608
    return _insert(StepBucket, d, part, f"{walked} {select}")


def speeds(d: Dialect, part: Stretch) -> Statement:
    """A SELECT: persona, pathway, number, slot, JSON list of numbers that hold a lane's part and bucket, and how many (see counting)."""
    facts, given = _facts(d, part)
    places = " ".join(f"WHEN '{name}' THEN {n}" for n, name in enumerate(PARTS))
    octaves = " ".join(f"WHEN '{part.name}' THEN {part.per / math.log(2)!r}" for part in PARTS.values())
    bucket = d.log.format("ms", f"CASE name {octaves} ELSE 1.0 END")
    sql = f"""WITH {facts}, timed AS (
            SELECT facts.persona, facts.pathway, facts.number, facts.slot, part.key AS name, {d.number} AS ms
            FROM facts JOIN {Utterance._meta.db_table} u ON u.call_id = facts.id
            CROSS JOIN {d.each.format("u.latency")} AS part WHERE u.latency IS NOT NULL
            UNION ALL SELECT persona, pathway, number, slot, 'length', duration_ms FROM facts
                WHERE started_at IS NOT NULL AND duration_ms > 0),
        lanes AS (SELECT persona, pathway, number, slot, CASE name {places} END AS part, {bucket} AS bucket,
            COUNT(*) AS n FROM timed WHERE ms IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6)
        SELECT persona, pathway, number, slot, {d.listed.format(f"(part * 1000 + bucket) * {PACKED} + n")}
        FROM lanes WHERE part IS NOT NULL GROUP BY persona, pathway, number, slot"""  # noqa: S608
    return sql, given


@dataclass(frozen=True, slots=True)
class Measures:
    """The columns of a bucket after its key: `more` of the key, then what is added up (`newest`: the greatest)."""

    more: tuple[str, ...]
    summed: tuple[str, ...]
    newest: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.more, *self.summed, *self.newest)


MEASURES: dict[type[Bucket], Measures] = {
    CallBucket: Measures((), ("calls", "answered", "by_person", "by_machine", "talk_ms", "cost", "priced", "trips", "tripped")),
    TallyBucket: Measures(("kind", "key"), ("calls",), ("newest",)),
    HeatBucket: Measures(("delay", "ahead"), ("calls", "by_person")),
    StepBucket: Measures(("version", "node", "way"), ("calls",)),
}


def coarser(model: type[Bucket], grain: int, account: int, begin: int, end: int) -> Statement:
    """Adds the finest buckets of the slots from `begin` until `end` up into those of a grain."""
    measures = MEASURES[model]
    kept = [name for name, bit, _ in DIMENSIONS if grain & bit]
    told = ", ".join(name if grain & bit else nothing for name, bit, nothing in DIMENSIONS)
    sums = ", ".join([*(f"SUM({name})" for name in measures.summed), *(f"MAX({name})" for name in measures.newest)])
    groups = ", ".join([*kept, "slot", *_quoted(measures.more)])
    names = ", ".join(["account_id", "grain", "persona", "pathway", "number", "slot", *_quoted(measures.columns)])
    more = "".join(f"{name}, " for name in _quoted(measures.more))
    table = model._meta.db_table
    sql = f"""INSERT INTO {table} ({names}) SELECT account_id, {grain:d}, {told}, slot, {more}{sums} FROM {table}
        WHERE account_id = %s AND slot >= %s AND slot < %s AND grain = {FINEST} GROUP BY account_id, {groups}"""  # noqa: S608
    return sql, [account, begin, end]


def _quoted(names: Sequence[str]) -> list[str]:
    return [f'"{name}"' for name in names]
