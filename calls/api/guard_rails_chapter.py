"""The guard rails API for the API document."""

from config.kit.openapi import NO_ERRORS, Answer, Chapter, Endpoint, Query, Schema, a, array, one_of, ref, text, thing, time, uid
from personas.parameters.guard_rails import ACTIONS, TYPES
from personas.rails import Source

ONE = "/guard_rails/{guard_rail_id}"
NONE = Answer(404, "No guard rail of yours has this id, or a persona or pathway that was named does not exist.", "DataErrors")
BAD = Answer(400, "Something in the body is wrong; every message names what.", "DataErrors")
SENTENCES: Schema = {"type": "string", "maxLength": 300}

ACTION = thing(
    {
        "type": one_of(ACTIONS, "What is done."),
        "config": a("object", "phone_number for transfer, node_id for move_to_node."),
    },
    "What a guard rail does when it trips.",
    needed=("type",),
)
WISH = {"anyOf": [ref("GuardRailAction"), {"enum": list(ACTIONS)}], "description": "An object, or the bare word for end_call."}
FIELDS: dict[str, Schema] = {
    "name": text("What people call it.", maxLength=120),
    "description": text("What it is for.", maxLength=2000),
    "prompt": text("Custom only: what must not happen, in a sentence.", maxLength=2000),
    "examples": array(SENTENCES, "Custom only: sentences that trip it."),
    "near_misses": array(SENTENCES, "Custom only: sentences that must not trip it."),
    "config": a("object", "end_seconds of a required disclosure, counted from the answer."),
}
TYPE = one_of(TYPES, "What it watches. It cannot be changed.")


def _attachment(action: Schema) -> Schema:
    fields = {
        "source_type": one_of(Source.values, "What it is attached to. INBOUND is refused for now."),
        "source_id": uid("The persona or pathway."),
        "actions": array(action, "Of several, the first that the call can do is done."),
    }
    return thing(fields, "Where it watches, and what it does there.")


RAIL = thing(
    {
        "id": uid("The guard rail."),
        "org_id": uid("Your account."),
        "type": TYPE,
        **FIELDS,
        "attachments": array(_attachment(ref("GuardRailAction")), "Where it watches."),
        "created_at": time("When it was made."),
        "updated_at": time("When it was last changed."),
    },
    "A guard rail of the library.",
)
ATTACHMENTS = {"attachments": array(_attachment(WISH), "Where it watches. Takes the place of all of them.")}
SCHEMAS: dict[str, Schema] = {
    "GuardRail": RAIL,
    "GuardRailAction": ACTION,
    "GuardRailBody": thing({"type": TYPE, **FIELDS, **ATTACHMENTS}, "A new guard rail.", needed=("type",), more=True),
    "GuardRailChange": thing({**FIELDS, **ATTACHMENTS}, "What changes; what is left out stays.", needed=(), more=True),
    "GuardRailAnswer": thing({"data": ref("GuardRail"), "errors": NO_ERRORS}, "A guard rail."),
    "GuardRailList": thing({"data": array(ref("GuardRail"), "Newest first."), "errors": NO_ERRORS}, "Guard rails."),
    "GuardRailGone": thing(
        {"data": thing({"id": uid("The guard rail.")}, "What was deleted."), "errors": NO_ERRORS}, "The guard rail that was deleted."
    ),
}
EXAMPLE = (
    '{"type": "custom", "name": "No promises", "prompt": "The agent promises a refund", '
    '"examples": ["We will refund the whole amount."], "near_misses": ["I will ask about your refund."]}'
)
ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/guard_rails",
        "list_guard_rails",
        "List guard rails",
        "Your library, newest first.",
        (Answer(200, "The guard rails.", "GuardRailList"), Answer(400, "A value cannot be read; the message names it.", "DataErrors")),
        (
            Query("source_type", "Only those attached to such a thing.", {"enum": Source.values}),
            Query("source_id", "Only those attached to this persona or pathway.", {"type": "string", "format": "uuid"}),
        ),
    ),
    Endpoint(
        "POST",
        "/guard_rails",
        "create_guard_rail",
        "Make a guard rail",
        "It watches the calls that are accepted from now on with what it is attached to. A required disclosure needs config.end_seconds.",
        (Answer(200, "The guard rail.", "GuardRailAnswer"), BAD, NONE),
        body=EXAMPLE,
        body_schema="GuardRailBody",
    ),
    Endpoint("GET", ONE, "guard_rail", "One guard rail", "With where it watches.", (Answer(200, "It.", "GuardRailAnswer"), NONE)),
    Endpoint(
        "PATCH",
        ONE,
        "edit_guard_rail",
        "Change a guard rail",
        "Only what is given changes; attachments takes the place of all of them. Calls that were accepted before keep what they had.",
        (Answer(200, "The guard rail.", "GuardRailAnswer"), BAD, NONE),
        body='{"name": "No promises of money", "attachments": []}',
        body_schema="GuardRailChange",
    ),
    Endpoint(
        "DELETE",
        ONE,
        "delete_guard_rail",
        "Delete a guard rail",
        "Calls that were accepted before keep it; its trips stay in the history.",
        (Answer(200, "It is gone.", "GuardRailGone"), NONE),
    ),
)
CHAPTER = Chapter("Guard rails", ENDPOINTS, SCHEMAS, {"guard_rail_id": uid("The guard rail.")})
