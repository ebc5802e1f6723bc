"""What a citation schema finds on past calls and over time, for the API document."""

from config.kit.openapi import NO_ERRORS, Answer, Chapter, Endpoint, Query, Schema, a, array, one_of, ref, text, thing, time, uid
from personas.api.citation_chapter import BAD, NONE, STATUS
from personas.citations.shape import SEVERITIES

ALL = "/citation_schemas"
DAY = {"type": "string", "format": "date"}
SCHEMA_ID = Query("schema_id", "The schema.", {"type": "string", "format": "uuid"})
DAYS = (
    Query("start_date", "The first day, in your office's zone; without it, 30 days are told.", DAY),
    Query("end_date", "The last day; today without it.", DAY),
)
INTERVAL = Query("interval", "How days are put together; without it, so that there are about thirty.", {"enum": ["day", "week", "month"]})
VARIABLE = Query("variable", "The name of a variable.", {"type": "string"})
NO_VARIABLE = Answer(404, "No citation schema of yours has this id, or it has no such variable.", "CitationErrors")
COUNTS: dict[str, Schema] = {
    "total": a("integer", "Calls that were read."),
    "said": a("integer", "Of them, those with a value."),
    "not_said": a("integer", "Of them, those without one."),
    "average": a("number", "Of a number.", null=True),
    "min": a("number", "Of a number.", null=True),
    "max": a("number", "Of a number.", null=True),
    "values": a("object", "Of a boolean (yes, no) or a category: value to count.", additionalProperties={"type": "integer"}),
}
ABOUT: dict[str, Schema] = {"variable_name": text("Its name."), "variable_type": text("Its type.")}
NEEDED = ("total", "said", "not_said")
PERIOD = {"period": text("The first day of the period.", format="date")}
ISSUE = thing(
    {"severity": one_of(SEVERITIES, "How bad."), "type": text("What was marked."), "count": a("integer", "On how many calls.")},
    "A kind of mark.",
)
RUN: dict[str, Schema] = {
    "workflow_id": uid("Ask for its status with it."),
    "schema_id": uid("The schema."),
    "status": one_of(("running", "completed", "stopped"), "How far it is."),
    "preview": a("boolean", "Nothing is kept on the calls."),
    "total": a("integer", "Calls that are read."),
    "processed": a("integer", "Of them, those that are done."),
    "failed": a("integer", "Of those, the ones that could not be read."),
    "created_at": time("When it began."),
    "completed_at": time("When it was over.", null=True),
}
PREVIEWED = thing(
    {
        "call_id": uid("The call."),
        "values": array(
            thing(
                {
                    "variable_name": text("The variable."),
                    "value": {"description": "What would be kept."},
                    "previous_value": {"description": "What stands there now."},
                    "changed": a("boolean", "Whether that is another, or was never read."),
                    "quotes": array({"type": "string"}, "The words that prove the value."),
                },
                "A value.",
            ),
            "Its values.",
        ),
    },
    "A call of a preview.",
)


def _answer(data: Schema, meaning: str) -> Schema:
    return thing({"status": STATUS, "data": data, "errors": NO_ERRORS}, meaning)


SCHEMAS: dict[str, Schema] = {
    "CitationBackfillBody": thing(
        {
            "schema_id": uid("The schema."),
            "call_ids": array({"type": "string", "format": "uuid"}, "These calls, at most 10,000."),
            "call_id": uid("This call."),
            "preview": a("boolean", "Read the newest 20 of them and keep nothing."),
            "start_date": text("Without ids: calls from this day on, in your office's zone.", format="date"),
            "end_date": text("Without ids: calls up to this day.", format="date"),
            "persona_id": uid("Without ids: calls of this persona."),
            "disposition_tag": text("Without ids: calls with this outcome."),
        },
        "What is read over which calls.",
        needed=("schema_id",),
    ),
    "CitationBackfill": _answer(thing(RUN, "How far it is."), "It has begun."),
    "CitationBackfillStatus": _answer(
        thing({**RUN, "results": array(PREVIEWED, "Of a preview: what would change.", null=True)}, "How far it is."), "How far it is."
    ),
    "CitationAnalytics": _answer(
        thing(
            {
                "schema_id": uid("The schema."),
                "start_date": text("The first day.", format="date"),
                "end_date": text("The last day.", format="date"),
                "calls": a("integer", "Calls that were read."),
                "variables": array(thing({**ABOUT, **COUNTS}, "A variable.", needed=(*ABOUT, *NEEDED)), "Every variable."),
                "issues": array(ref("CitationIssueCount"), "The worst first."),
            },
            "A schema over time.",
        ),
        "A schema over time.",
    ),
    "CitationIssueCount": ISSUE,
    "CitationTimeSeries": _answer(
        thing(
            {
                **ABOUT,
                "interval": text("day, week or month."),
                "points": array(thing({**PERIOD, **COUNTS}, "A period.", needed=("period", *NEEDED)), "In order, none left out."),
            },
            "A variable over time.",
        ),
        "A variable over time.",
    ),
    "CitationTopValues": _answer(
        thing(
            {
                **ABOUT,
                "values": array(thing({"value": text("It."), "count": a("integer", "On how many calls.")}, "A value."), "At most ten."),
            },
            "The most frequent values.",
        ),
        "The most frequent values.",
    ),
    "CitationIssues": _answer(
        thing(
            {
                "issues": array(ref("CitationIssueCount"), "The worst first."),
                "interval": text("day, week or month."),
                "points": array(
                    thing({**PERIOD, **{word: a("integer", f"Marks that are {word}.") for word in SEVERITIES}}, "A period."), "In order."
                ),
            },
            "What was marked.",
        ),
        "What was marked.",
    ),
}
ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "POST",
        f"{ALL}/backfill",
        "backfill_citations",
        "Read past calls",
        "Reads a schema out of finished calls in which somebody spoke; others are left out. What it had found there is replaced. No "
        "webhooks are sent. Idempotency-Key works as for sending a call.",
        (
            Answer(202, "It has begun.", "CitationBackfill"),
            BAD,
            NONE,
            Answer(409, "This schema is being read over calls already.", "CitationErrors"),
        ),
        body='{"schema_id": "b7c2e1d4-8f3a-4c9e-9a2b-1e5f6d7c8a9b", "start_date": "2026-11-01", "preview": true}',
        body_schema="CitationBackfillBody",
    ),
    Endpoint(
        "GET",
        f"{ALL}/backfill/status/{{workflow_id}}",
        "backfill_status",
        "How far it is",
        "Poll until `status` is completed or stopped. A preview is kept for two days.",
        (Answer(200, "How far it is.", "CitationBackfillStatus"), Answer(404, "There is no such backfill.", "CitationErrors")),
    ),
    Endpoint(
        "GET",
        f"{ALL}/analytics",
        "citation_analytics",
        "A schema over time",
        "Every variable, over all days asked for.",
        (Answer(200, "It.", "CitationAnalytics"), BAD, NONE),
        (SCHEMA_ID, *DAYS),
    ),
    Endpoint(
        "GET",
        f"{ALL}/analytics/time-series",
        "citation_time_series",
        "A variable over time",
        "Day by day, week by week or month by month.",
        (Answer(200, "It.", "CitationTimeSeries"), BAD, NO_VARIABLE),
        (SCHEMA_ID, VARIABLE, INTERVAL, *DAYS),
    ),
    Endpoint(
        "GET",
        f"{ALL}/analytics/top-values",
        "citation_top_values",
        "The most frequent values",
        "Of a string, an array, a boolean or a category.",
        (Answer(200, "Them.", "CitationTopValues"), BAD, NO_VARIABLE),
        (SCHEMA_ID, VARIABLE, *DAYS),
    ),
    Endpoint(
        "GET",
        f"{ALL}/analytics/issues",
        "citation_issues",
        "What was marked",
        "By kind, and by severity over time.",
        (Answer(200, "It.", "CitationIssues"), BAD, NONE),
        (SCHEMA_ID, INTERVAL, *DAYS),
    ),
)
CHAPTER = Chapter("Citations over calls", ENDPOINTS, SCHEMAS, {"workflow_id": uid("The workflow_id of the answer.")})
