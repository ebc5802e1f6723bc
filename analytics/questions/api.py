"""Questions about calls: `POST /v1/calls/{id}/analyze` and its aliases.

`answers` is the reference's flat list, in the order of the questions; `quotes` beside it (ours) gives the words each answer stands on.
Our answers cost nothing, so `credits_used` is 0.
"""

from typing import Any

from django.http import JsonResponse

from analytics.questions import reading as asked
from analytics.questions.answering import Answer, answers
from analytics.questions.reading import Question
from calls.api.answers import find, success
from calls.models import Call
from calls.states import ENDED, State
from config.kit.api import ApiError, ApiRequest, api, json_body
from personas import citation_schemas, citations

LONGEST_GOAL = 2000
MOST_CALLS = 20  # of one request: its answers are read while the caller waits
NOT_JSON = "The body must be a JSON object."


@api("POST")
def analyze(request: ApiRequest, call_id: str) -> JsonResponse:
    call = find(request, call_id)
    body = json_body(request, NOT_JSON)
    wanted, goal = _wanted(request, body), _goal(body, needed=True)
    return success("Successfully analyzed call.", **_told(answers(_over(call), wanted, goal)))


@api("POST")
def analyze_named(request: ApiRequest) -> JsonResponse:
    """The call, or up to twenty, named in the body; of several each with its id under `results`."""
    body = json_body(request, NOT_JSON)
    calls = _named(request, body)
    wanted, goal = _wanted(request, body), _goal(body, needed=False)
    results = [{"call_id": str(call.uid), **_told(answers(call, wanted, goal))} for call in calls]
    if "call_ids" not in body:
        return success("Successfully analyzed call.", **results[0])
    return success("Successfully analyzed calls.", results=results, credits_used=0)


def _told(found: list[Answer]) -> dict[str, Any]:
    quotes = [[{"line": quote.seq, "text": quote.text} for quote in answer.quotes] for answer in found]
    return {"answers": [answer.value for answer in found], "quotes": quotes, "credits_used": 0}


def _over(call: Call) -> Call:
    if State(call.state) not in ENDED:
        raise ApiError(400, "Call is not over yet. Ask again when it is.")
    return call


def _named(request: ApiRequest, body: dict[str, Any]) -> list[Call]:
    ids = body.get("call_ids", [body["call_id"]] if "call_id" in body else None)
    if not isinstance(ids, list) or not ids or not all(isinstance(each, str) for each in ids):
        raise ApiError(400, "Missing required parameter: call_id.")
    if len(ids) > MOST_CALLS:
        raise ApiError(400, f"At most {MOST_CALLS} calls can be analyzed in one request.")
    return [_over(find(request, each)) for each in dict.fromkeys(ids)]


def _goal(body: dict[str, Any], *, needed: bool) -> str:
    goal = body.get("goal", "")
    if not isinstance(goal, str):
        raise ApiError(400, "Goal must be a string.")
    if needed and not goal.strip():
        raise ApiError(400, "Missing required parameter: goal.")
    if len(goal) > LONGEST_GOAL:
        raise ApiError(400, f"Goal must be at most {LONGEST_GOAL} characters.")
    return goal


def _wanted(request: ApiRequest, body: dict[str, Any]) -> list[Question]:
    """The questions of the body, or those of the schema that it names."""
    if "questions" not in body and "schema_id" in body:
        return _of_schema(request, body["schema_id"])
    if "questions" not in body:
        raise ApiError(400, "Missing required parameter: questions.")
    try:
        return asked.read(body["questions"])
    except asked.Bad as bad:
        raise ApiError(400, str(bad)) from bad


def _of_schema(request: ApiRequest, given: Any) -> list[Question]:
    missing = citation_schemas.missing(request.account, [given])
    if missing:
        raise ApiError(404, citation_schemas.NOT_FOUND.format(str(given)[:60]))
    schema = citation_schemas.get(request.account, given)
    return [Question(v.description or v.name, v.type, v) for v in citations.read(schema.schema).variables]
