"""The personas API for the API document."""

from config.kit.openapi import NO_ERRORS, Answer, Chapter, Endpoint, Query, Schema, a, array, one_of, ref, text, thing, time, uid
from personas.content import DISCLOSURES
from personas.parameters import PARAMETERS, json_schema

ONE = "/personas/{persona_id}"
NO_PERSONA = Answer(404, "No persona of yours has this id.", "DataErrors")
BAD_BODY = Answer(400, "Something in the body is wrong; every message names what.", "DataErrors")
EXAMPLE = (
    '{"name": "June, appointments", "personality_prompt": "You are June from Harbor Dental. Confirm the appointment.", '
    '"call_config": {"voice": "June", "record": true, "max_duration": 10}}'
)


def preset_schema() -> Schema:
    """The parameters of a call that a persona may carry, under the same rules."""
    every = json_schema()["properties"]
    properties = {p.name: every[p.name] for p in PARAMETERS if p.preset}
    properties["background"] = {**every["background_track"], "description": "The same as background_track, which wins over it."}
    words = "Parameters of a call, by the names and rules of POST /v1/calls. In a body, null takes one back to its standard value."
    return {"type": "object", "description": words, "properties": properties}


ROUTE = thing(
    {
        "name": text("What people call it."),
        "prompt": text("When the call goes over, in a sentence."),
        "pathway_id": text("The pathway."),
        "pathway_version": {"type": ["integer", "string"], "description": "A number, production or staging."},
        "start_node_id": text("Where it begins there; null: where the pathway begins.", null=True),
    },
    "When a call led by a task goes over to a pathway.",
    needed=("prompt", "pathway_id"),
)
VERSION = thing(
    {
        "id": uid("The version."),
        "persona_id": uid("Its persona."),
        "version_type": one_of(("production", "draft", "archived"), "Calls are made with production; edits touch the draft."),
        "version_number": a("integer", "Given once and never again.", minimum=1),
        "orchestration_prompt": text("Words that stand before the task of every call."),
        "personality_prompt": text("The task."),
        "pathway_conditions": array(ref("PersonaRoute"), "When the call goes over to a pathway.", null=True),
        "kb_ids": array({"type": "string"}, "Knowledge bases it may answer from."),
        "disclosures": array(
            {"type": "string", "enum": list(DISCLOSURES)},
            "What its opening says besides: that it is automated, who calls, that it is recorded.",
        ),
        "call_config": {
            "type": ["object", "null"],
            "description": "Every other parameter that it presets; null when there is none. background is background_track once more.",
        },
        "default_tools": array({"type": "string"}, "Tools it may use."),
        "promoted_from_version_id": uid("The draft it was made from.", null=True),
        "promoted_at": time("When it was put into production.", null=True),
        "promoted_by": text("Who did that; null for a program.", null=True),
        "created_at": time("When it was made."),
        "updated_at": time("When it was last changed."),
    },
    "One version of a persona.",
)
NUMBER = thing({"phone_number": text("A number of yours.")}, "A number that the persona answers.")
PERSONA = thing(
    {
        "id": uid("The persona: persona_id of a call."),
        "name": text("What people call it."),
        "role": text("What it is."),
        "description": text("What it is for."),
        "tags": array({"type": "string"}, "Words to find it by."),
        "image_url": text("A picture, as you gave it.", null=True),
        "created_at": time("When it was made."),
        "updated_at": time("When it was last changed."),
        "deleted_at": time("When it was deleted.", null=True),
        "user_id": uid("Your account."),
        "current_production_version_id": uid("The version that calls are made with.", null=True),
        "current_draft_version_id": uid("The version that edits touch.", null=True),
        "current_production_version": {"anyOf": [ref("PersonaVersion"), {"type": "null"}], "description": "The same, whole."},
        "current_draft_version": {"anyOf": [ref("PersonaVersion"), {"type": "null"}], "description": "The same, whole."},
        "inbound_numbers": array(NUMBER, "Always empty: no inbound lines are served yet."),
    },
    "A persona.",
)
BODY = thing(
    {
        "name": text("What people call it. Needed to make one, and by PATCH.", maxLength=120),
        "role": text("What it is.", null=True, maxLength=120),
        "description": text("What it is for.", null=True, maxLength=2000),
        "tags": array({"type": "string", "maxLength": 40}, "Words to find it by.", null=True),
        "image_url": text("A picture; kept and returned, never loaded.", null=True, maxLength=500),
        "orchestration_prompt": text("Words that stand before the task of every call.", null=True),
        "personality_prompt": text("The task.", null=True),
        "pathway_conditions": array(ref("PersonaRoute"), "When the call goes over to a pathway. Replaces all of them.", null=True),
        "kb_ids": array({"type": "string"}, "Knowledge bases it may answer from. Replaces all of them.", null=True),
        "default_tools": array({"type": "string"}, "Tools it may use. Replaces all of them.", null=True),
        "disclosures": array(
            {"type": "string", "enum": list(DISCLOSURES)},
            "What the opening says besides, from the first sentence on. Replaces all of them.",
            null=True,
        ),
        "call_config": {"anyOf": [ref("PersonaCallConfig"), {"type": "null"}], "description": "Parameters; others stay as they are."},
    },
    "What to set. What is left out stays; fields of our own answers may be sent back and change nothing.",
    needed=(),
    more=True,
)
INBOUND = thing({"inbound_numbers": array({"type": "string"}, "Numbers of yours.")}, "Numbers.")

SCHEMAS: dict[str, Schema] = {
    "PersonaRoute": ROUTE,
    "PersonaCallConfig": preset_schema(),
    "PersonaVersion": VERSION,
    "Persona": PERSONA,
    "PersonaBody": BODY,
    "InboundNumbers": INBOUND,
    "PersonaAnswer": thing({"data": ref("Persona"), "errors": NO_ERRORS}, "A persona."),
    "PersonaList": thing({"data": array(ref("Persona"), "Newest first."), "errors": NO_ERRORS}, "Personas."),
    "PersonaVersionAnswer": thing({"data": ref("PersonaVersion"), "errors": NO_ERRORS}, "A version."),
    "PersonaVersionList": thing({"data": array(ref("PersonaVersion"), "Newest first."), "errors": NO_ERRORS}, "Versions."),
    "DataErrors": thing(
        {
            "data": {"type": "null", "description": "Always null here."},
            "errors": array(thing({"error": text("A code."), "message": text("What was wrong, in words.")}, "One error."), "All errors."),
        },
        "What was wrong.",
    ),
}


def _read(path: str, name: str, title: str, words: str, schema: str, query: tuple[Query, ...] = ()) -> Endpoint:
    answers = (Answer(200, words, schema), NO_PERSONA) if "{" in path else (Answer(200, words, schema), BAD_BODY)
    return Endpoint("GET", path, name, title, words, answers, query)


ENDPOINTS = (
    _read(
        "/personas",
        "list_personas",
        "List personas",
        "Your personas, newest first. A page with fewer than `limit` is the last.",
        "PersonaList",
        (
            Query("page", "Which page; the first is 1.", {"type": "integer", "minimum": 1, "default": 1}),
            Query("limit", "How many on a page.", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
        ),
    ),
    Endpoint(
        "POST",
        "/personas",
        "create_persona",
        "Make a persona",
        "Only a name is needed. Version 1 is in production and version 2 is its draft.",
        (Answer(200, "The persona.", "PersonaAnswer"), BAD_BODY),
        body=EXAMPLE,
        body_schema="PersonaBody",
    ),
    _read(ONE, "get_persona", "One persona", "The persona with its versions in production and in draft.", "PersonaAnswer"),
    *(
        Endpoint(
            method,
            ONE,
            name,
            "Edit the draft" if method == "PATCH" else "Edit the draft (POST)",
            "Changes what is given, in the draft only: calls notice it once it is promoted. Name, role, description, tags and picture "
            f"belong to no version and hold at once. {'A name must be given.' if method == 'PATCH' else 'No name has to be given.'}",
            (Answer(200, "The persona.", "PersonaAnswer"), BAD_BODY, NO_PERSONA),
            body='{"name": "June, appointments", "call_config": {"interruption_threshold": 700}}',
            body_schema="PersonaBody",
        )
        for method, name in (("PATCH", "edit_persona"), ("POST", "edit_persona_post"))
    ),
    Endpoint(
        "DELETE",
        ONE,
        "delete_persona",
        "Delete a persona",
        "No new call can be made with it. Calls that were made stay as they are.",
        (Answer(200, "It is deleted: deleted_at says when.", "PersonaAnswer"), NO_PERSONA),
    ),
    _read(f"{ONE}/versions", "list_persona_versions", "Versions", "Every version, newest first.", "PersonaVersionList"),
    _read(f"{ONE}/versions/{{version_id}}", "get_persona_version", "One version", "Any version of the persona.", "PersonaVersionAnswer"),
    _read(f"{ONE}/draft", "get_persona_draft", "The draft", "What edits touch.", "PersonaVersionAnswer"),
    _read(f"{ONE}/production", "get_persona_production", "The version in production", "What calls are made with.", "PersonaVersionAnswer"),
    Endpoint(
        "POST",
        f"{ONE}/versions/promote",
        "promote_persona",
        "Put the draft into production",
        "Makes a new production version with the next number; the old one is archived, the draft goes on.",
        (
            Answer(200, "The new version in production.", "PersonaVersionAnswer"),
            Answer(400, "There is no draft.", "DataErrors"),
            NO_PERSONA,
        ),
        aliases=(f"{ONE}/promote",),
    ),
    Endpoint(
        "POST",
        f"{ONE}/versions/reset",
        "reset_persona",
        "Set the draft back",
        "The draft says again what production says.",
        (Answer(200, "The draft.", "PersonaVersionAnswer"), NO_PERSONA),
        aliases=(f"{ONE}/reset-draft",),
    ),
    *(
        Endpoint(
            "POST",
            f"{ONE}/inbound/{deed}",
            f"{deed}_inbound",
            f"{deed.capitalize()} numbers",
            "Refused for now: no inbound lines are served yet.",
            (Answer(400, "No inbound lines are served yet.", "DataErrors"), NO_PERSONA),
            body='{"inbound_numbers": ["+17205550142"]}',
            body_schema="InboundNumbers",
        )
        for deed in ("attach", "detach")
    ),
)
CHAPTER = Chapter("Personas", ENDPOINTS, SCHEMAS, {"persona_id": uid("The persona."), "version_id": uid("The version.")})
