"""/v1/citation_schemas/backfill and /analytics: a schema read over past calls, and what it found over time.

The public reference names these addresses and says little of their answers; what they hold beyond that is ours.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from analytics.schemas import choosing, over_time, runs
from analytics.schemas.choosing import Wanted
from analytics.schemas.over_time import BY, LONGEST, TOP, Found, Tally, Values
from analytics.schemas.runs import Busy, By, Nothing, TooMany
from calls.models import CitationRun, CitationRunItem
from config.kit import storable
from config.kit.api import ApiRequest, api, parse_json
from config.kit.idempotency import Finish, once
from config.kit.writing import writing
from personas.api.citation_schemas import answered, find, invalid, refusal
from personas.models import CitationSchema

CHOICES = ("call_ids", "call_id", "start_date", "end_date", "persona_id", "disposition_tag")
FIELDS = ("schema_id", "preview", *CHOICES)
NO_SCHEMA = "Missing required parameter: schema_id."
NO_CALLS = "Say which calls: call_ids, call_id, or start_date, end_date, persona_id or disposition_tag."
STATES = {CitationRun.RUNNING: "running", CitationRun.DONE: "completed", CitationRun.STOPPED: "stopped"}
USUAL_DAYS = 30


# Past calls --------------------------------------------------------------------------------------------------------------
@api("POST")
def backfill(request: HttpRequest) -> HttpResponse:
    """202 with `workflow_id`. Finished calls with a conversation are read, others are left out. What the schema had found is replaced."""
    asked = cast(ApiRequest, request)

    def deed(finish: Finish) -> tuple[int, Mapping[str, Any]]:
        body = _body(asked)
        if not body.get("schema_id"):
            raise invalid(NO_SCHEMA)
        schema = find(asked, str(body["schema_id"]))
        preview, wanted = body.get("preview", False), _wanted(body)
        if not isinstance(preview, bool):
            raise invalid("preview must be a boolean.")
        timezone.activate(_zone(asked))  # days are those of the office
        try:
            with writing():
                run = runs.begin(schema, choosing.chosen(asked.account, wanted), By(key=asked.api_key), preview=preview)
                answer = {"status": 202, "data": _run(run), "errors": None}
                finish(202, answer)
        except Busy as busy:
            raise refusal(409, "BACKFILL_RUNNING", str(busy)) from None
        except (TooMany, Nothing) as refused:
            raise invalid(str(refused)) from None
        finally:
            timezone.deactivate()
        return 202, answer

    return once(asked, deed)


@api("GET")
def backfill_status(request: ApiRequest, workflow_id: UUID) -> JsonResponse:
    run = runs.of(request.account, workflow_id)
    if run is None:
        raise refusal(404, "NOT_FOUND", f'Backfill with ID "{workflow_id}" not found')
    return answered({**_run(run), "results": _results(run) if run.preview else None})


def _run(run: CitationRun) -> dict[str, Any]:
    return {
        "workflow_id": str(run.uid),
        "schema_id": str(run.schema.uid),
        "status": STATES[run.state],
        "preview": run.preview,
        "total": run.total,
        "processed": run.done + run.failed,
        "failed": run.failed,
        "created_at": run.created_at.isoformat(),
        "completed_at": run.ended_at.isoformat() if run.ended_at else None,
    }


def _results(run: CitationRun) -> list[dict[str, Any]]:
    """Of a preview: each value as it is and as it would be."""
    items = CitationRunItem.objects.filter(run=run, state=runs.DONE).select_related("call").order_by("pk")
    return [
        {
            "call_id": str(item.call.uid),
            "values": [
                {
                    "variable_name": row["name"],
                    "value": row["value"],
                    "previous_value": row["was"],
                    "changed": not row["known"] or row["was"] != row["value"],
                    "quotes": [quote["words"] for quote in row["quotes"]],
                }
                for row in item.found or ()
            ],
        }
        for item in items
    ]


def _body(request: ApiRequest) -> dict[str, Any]:
    body = parse_json(request.body)
    if not isinstance(body, dict):
        raise invalid("The body must be a JSON object.")
    if unknown := [name for name in body if name not in FIELDS]:
        raise invalid(*(f"Additional properties are not allowed: {name[:60]}" for name in unknown))
    if why := storable.trouble(body):
        raise invalid(f"The body {why}.")
    if not any(body.get(name) for name in CHOICES):
        raise invalid(NO_CALLS)
    return body


def _wanted(body: Mapping[str, Any]) -> Wanted:
    ids = body.get("call_ids") or []
    if not isinstance(ids, list) or not all(isinstance(uid, str) for uid in [*ids, body.get("call_id") or ""]):
        raise invalid("call_ids must be an array of strings.")
    texts = [*ids, *([body["call_id"]] if body.get("call_id") else [])]
    if len(texts) > runs.MOST:
        raise invalid(str(TooMany(len(texts))))
    tag = body.get("disposition_tag") or ""
    if not isinstance(tag, str):
        raise invalid("disposition_tag must be a string.")
    persona = _uuid(body.get("persona_id"), "persona_id") if body.get("persona_id") else None
    since, until = (_day(body.get(name), name) for name in ("start_date", "end_date"))
    return Wanted(since, until, persona, tag, [_uuid(text, "call_ids") for text in dict.fromkeys(texts)])


# Over time ---------------------------------------------------------------------------------------------------------------
@api("GET")
def summary(request: ApiRequest) -> JsonResponse:
    """Every variable of a schema over a span of days."""
    schema, found = _asked(request)
    return answered(
        {
            "schema_id": str(schema.uid),
            "start_date": found.span.first.isoformat(),
            "end_date": found.span.last.isoformat(),
            "calls": found.calls,
            "variables": [{**_about(values), **_tally(values, values.whole)} for values in found.values],
            "issues": [_issue(issue) for issue in found.issues],
        }
    )


@api("GET")
def time_series(request: ApiRequest) -> JsonResponse:
    _, found = _asked(request)
    values = _variable(request, found)
    points = [{"period": period.isoformat(), **_tally(values, tally)} for period, tally in values.periods]
    return answered({**_about(values), "interval": found.span.by, "points": points})


@api("GET")
def top_values(request: ApiRequest) -> JsonResponse:
    _, found = _asked(request)
    values = _variable(request, found)
    counted = values.top or [(word, n) for word, n in values.whole.words.most_common()]
    return answered({**_about(values), "values": [{"value": word, "count": n} for word, n in counted[:TOP]]})


@api("GET")
def issues(request: ApiRequest) -> JsonResponse:
    _, found = _asked(request)
    points = [{"period": period.isoformat(), **{s: marks[s] for s in ("high", "medium", "low")}} for period, marks in found.marked]
    return answered({"issues": [_issue(issue) for issue in found.issues], "interval": found.span.by, "points": points})


def _asked(request: ApiRequest) -> tuple[CitationSchema, Found]:
    get = request.GET
    named = get.get("schema_id") or get.get("id")
    if not named:
        raise invalid(NO_SCHEMA)
    schema = find(request, named)
    zone = _zone(request)
    last = _day(get.get("end_date"), "end_date") or timezone.localdate(timezone=zone)
    first = _day(get.get("start_date"), "start_date")
    days = (last - first).days + 1 if first else USUAL_DAYS
    if not 1 <= days <= LONGEST:
        raise invalid(f"start_date and end_date must be 1 to {LONGEST} days apart.")
    by = next((each for each in BY if each == get.get("interval")), None)
    if get.get("interval") and by is None:
        raise invalid(f"interval must be one of: {', '.join(BY)}.")
    return schema, over_time.found(schema, over_time.span(last, days, zone, by))


def _variable(request: ApiRequest, found: Found) -> Values:
    name = request.GET.get("variable", "")
    values = found.of(name)
    if values is None:
        raise refusal(404, "NOT_FOUND", f'The schema has no variable "{name[:80]}"')
    return values


def _about(values: Values) -> dict[str, Any]:
    return {"variable_name": values.variable.name, "variable_type": values.variable.type}


def _tally(values: Values, tally: Tally) -> dict[str, Any]:
    """`total` calls, of which `said` have a value; numbers with average, least and most, few values with their counts."""
    told: dict[str, Any] = {"total": tally.of, "said": tally.said, "not_said": tally.silent}
    if values.variable.type == "number":
        told |= {"average": tally.average, "min": tally.least, "max": tally.most}
    if values.variable.type in over_time.SHARED:
        told["values"] = {word: tally.words[word] for word in values.words}
    return told


def _issue(issue: over_time.Issue) -> dict[str, Any]:
    return {"severity": issue.severity, "type": issue.type, "count": issue.count}


# Small readings ------------------------------------------------------------------------------------------------------------
def _zone(request: ApiRequest) -> ZoneInfo:
    return ZoneInfo(request.account.timezone)


def _day(text: Any, name: str) -> date | None:
    if text is None or text == "":
        return None
    try:
        return date.fromisoformat(text[:10]) if isinstance(text, str) else _no_day(name)
    except ValueError:
        return _no_day(name)


def _no_day(name: str) -> date:
    raise invalid(f"{name} must be a date like 2026-03-31.")


def _uuid(text: Any, name: str) -> UUID:
    try:
        return UUID(text)
    except (ValueError, AttributeError, TypeError):
        raise invalid(f"{name} must hold ids: “{str(text)[:80]}” is none.") from None
