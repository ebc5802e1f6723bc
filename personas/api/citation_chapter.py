"""The citation schemas API for the API document. What is read over past calls (backfill, analytics) is served by the app analytics."""

from config.kit.openapi import NO_ERRORS, Answer, Chapter, Endpoint, Query, Schema, a, array, one_of, ref, text, thing, time, uid
from personas.citations.reading import LONGEST
from personas.citations.shape import ITEMS, MODES, OPERATORS, SEVERITIES, TYPES

ALL = "/citation_schemas"
ONE = f"{ALL}/{{schema_id}}"
BY_ID = Query("id", "The schema.", {"type": "string", "format": "uuid"})
NONE = Answer(404, "No citation schema of yours has this id.", "CitationErrors")
BAD = Answer(400, "Something is wrong; every message names where.", "CitationErrors")
STATUS = a("integer", "The status of the answer, once more.")

VARIABLE = thing(
    {
        "name": text("What the fact is called.", maxLength=LONGEST["name"]),
        "description": text("What to find, as a person would ask for it.", maxLength=LONGEST["description"]),
        "type": one_of([*TYPES, "categorical"], "What the value is; string without a word for it."),
        "options": array({"type": "string"}, "Of a category: exactly one of them is found, or null."),
        "regex": text("What a string must match as a whole."),
        "items": {"description": "Of an array: what it holds.", "enum": [*ITEMS, *({"type": item} for item in ITEMS)]},
    },
    "One fact to find.",
    needed=("name",),
    more=True,
)
CONDITION = thing(
    {
        "condition": thing(
            {
                "variable": text("The name of a variable."),
                "operator": one_of(OPERATORS, "How it is compared. === and !== with null ask whether nothing was said."),
                "value": {"type": ["string", "number", "boolean", "null"], "description": "What it is compared with."},
            },
            "What must be true.",
            more=True,
        ),
        "mode": one_of(MODES, "extract reads the variables below too, flag marks the call."),
        "variables": array(ref("CitationVariable"), "What is read besides."),
        "issueSeverity": one_of(SEVERITIES, "How bad it is."),
        "issueType": text("What is marked, in a few words.", maxLength=LONGEST["issueType"]),
        "issueDetail": text("What to do about it.", maxLength=LONGEST["issueDetail"]),
    },
    "What follows when something was found.",
    needed=("condition",),
    more=True,
)
GROUPING = thing(
    {"name": text("What they are together."), "variables": array({"type": "string"}, "Names of variables.")}, "Facts that belong together."
)
DEFINITION = thing(
    {
        "variables": array(ref("CitationVariable"), "The facts to find, at most 60."),
        "groupings": array(ref("CitationGrouping"), "Which of them belong together."),
        "conditions": array(ref("CitationCondition"), "What follows from a value."),
    },
    "What is read out of a call.",
    needed=(),
    more=True,
)
ABOUT: dict[str, Schema] = {
    "name": text("What people call it.", maxLength=120),
    "description": text("What it is for.", null=True, maxLength=2000),
    "schema": {"anyOf": [ref("CitationDefinition"), {"type": "null"}], "description": "What is read out of a call."},
}
SCHEMA = thing(
    {
        "id": uid("The schema; calls name it in citation_schema_ids."),
        "name": text("What people call it."),
        "description": text("What it is for."),
        "org_id": uid("Your account."),
        "schema": ref("CitationDefinition"),
        "revision": a("integer", "Counts up when what is read changes."),
        "created_at": time("When it was made."),
        "updated_at": time("When it was last changed."),
    },
    "A citation schema.",
)
NOTES = {"notes": array({"type": "string"}, "What was left out of the schema without being wrong; absent when nothing was.")}


def _answer(data: Schema, meaning: str, more: dict[str, Schema] | None = None) -> Schema:
    fields = {"status": STATUS, "data": data, "errors": NO_ERRORS}
    return thing({**fields, **(more or {})}, meaning, needed=tuple(fields))


SCHEMAS: dict[str, Schema] = {
    "CitationVariable": VARIABLE,
    "CitationGrouping": GROUPING,
    "CitationCondition": CONDITION,
    "CitationDefinition": DEFINITION,
    "CitationSchema": SCHEMA,
    "CitationSchemaBody": thing(ABOUT, "A new schema.", needed=("name",), more=True),
    "CitationSchemaChange": thing(ABOUT, "What changes; what is left out stays, schema as a whole.", needed=(), more=True),
    "CitationSchemaAnswer": _answer(ref("CitationSchema"), "A citation schema.", NOTES),
    "CitationSchemaList": _answer(array(ref("CitationSchema"), "Newest first."), "Citation schemas."),
    "CitationSchemaGone": _answer(thing({"id": uid("The schema.")}, "What was deleted."), "The schema that was deleted."),
    "CitationErrors": thing(
        {
            "status": STATUS,
            "data": {"type": "null", "description": "Always null here."},
            "errors": array(thing({"error": text("A code."), "message": text("What was wrong, in words.")}, "One error."), "All errors."),
        },
        "What was wrong.",
    ),
}
EXAMPLE = (
    '{"name": "Appointments", "schema": {"variables": [{"name": "Insured", "description": "Do they have insurance?", "type": "boolean"}], '
    '"conditions": [{"condition": {"variable": "Insured", "operator": "===", "value": "false"}, "mode": "flag", "issueSeverity": "medium", '
    '"issueType": "No insurance"}]}}'
)
CHANGE = '{"name": "Appointments and insurance"}'
ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        f"{ALL}/list",
        "list_citation_schemas",
        "List citation schemas",
        "Your library, newest first.",
        (Answer(200, "The schemas.", "CitationSchemaList"),),
    ),
    Endpoint(
        "POST",
        ALL,
        "create_citation_schema",
        "Make a citation schema",
        "Name its id in citation_schema_ids of a call or a persona: after such a call every variable is looked for in what was said.",
        (Answer(200, "The schema.", "CitationSchemaAnswer"), BAD),
        body=EXAMPLE,
        body_schema="CitationSchemaBody",
    ),
    Endpoint(
        "GET",
        ALL,
        "citation_schema",
        "One citation schema",
        "By its id.",
        (Answer(200, "It.", "CitationSchemaAnswer"), BAD, NONE),
        (BY_ID,),
        aliases=(ONE,),
    ),
    Endpoint(
        "PATCH",
        ALL,
        "edit_citation_schema",
        "Change a citation schema",
        "Only what is given changes. What was read before stays until it is read again.",
        (Answer(200, "The schema.", "CitationSchemaAnswer"), BAD, NONE),
        (BY_ID,),
        body=CHANGE,
        body_schema="CitationSchemaChange",
        aliases=(ONE,),
    ),
    Endpoint(
        "DELETE",
        ALL,
        "delete_citation_schema",
        "Delete a citation schema",
        "No new call can name it. What was read by it stays on the calls.",
        (Answer(200, "It is gone.", "CitationSchemaGone"), BAD, NONE),
        (BY_ID,),
        aliases=(ONE,),
    ),
)
CHAPTER = Chapter("Citation schemas", ENDPOINTS, SCHEMAS, {"schema_id": uid("The schema.")})
