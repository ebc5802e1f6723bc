"""POST /v1/pathway/generate and the state of its job. A model must be configured: nothing is made up without one."""

from functools import partial
from uuid import UUID

from django.db import transaction
from django.http import JsonResponse

from calls import pathway_writer
from calls.tasks import write_pathway
from config.kit.api import ApiError, ApiRequest, api, parse_json
from config.kit.openapi import NO_ERRORS, Answer, Chapter, Endpoint, one_of, text, thing, uid
from pathways.making import BadName, checked_name

SHORTEST, LONGEST = 100, 8_000


@api("POST")
def generate(request: ApiRequest) -> JsonResponse:
    """`description` is what the reference's own client sends in place of `input_prompt`; it may be shorter."""
    body = parse_json(request.body)
    if not isinstance(body, dict):
        raise _refused(400, "INVALID_BODY", "The request body is not a JSON object.")
    prompt = body.get("input_prompt", body.get("description"))
    shortest = SHORTEST if "input_prompt" in body else 1
    if not isinstance(prompt, str) or not shortest <= len(prompt.strip()) <= LONGEST:
        raise _refused(400, "INVALID_BODY", f"input_prompt must be a text of {SHORTEST} to {LONGEST} characters.")
    name = ""
    try:
        if body.get("input_name"):
            name = checked_name(body["input_name"])
        job, row = pathway_writer.begin(request.account)
    except BadName as error:
        raise _refused(400, "INVALID_BODY", f"input_name: {error}") from error
    except pathway_writer.NoModel:
        message = "No language model is configured: set MODEL_BASE_URL and MODEL_BASE, and pathways can be written from a description."
        raise _refused(400, "MODEL_NOT_CONFIGURED", message) from None
    transaction.on_commit(partial(write_pathway.delay, row, prompt.strip(), name), robust=True)
    return JsonResponse({"data": {"jobId": str(job)}, "errors": None})


@api("GET")
def generate_status(request: ApiRequest, job_id: UUID) -> JsonResponse:
    found = pathway_writer.state(request.account, job_id)
    if found is None:
        raise _refused(404, "NOT_FOUND", f'Job with ID "{job_id}" not found')
    return JsonResponse({"data": found, "errors": None})


def _refused(status: int, code: str, message: str) -> ApiError:
    return ApiError(status, body={"data": None, "errors": [{"error": code, "message": message}]})


FAILED = Answer(404, "No job of yours has this id.", "JobRefused")
CHAPTER = Chapter(
    "Writing pathways",
    (
        Endpoint(
            "POST",
            "/pathway/generate",
            "generate_pathway",
            "Write a pathway from a description",
            "The configured model writes it, in the background. Without a model the answer is MODEL_NOT_CONFIGURED.",
            (
                Answer(200, "It is being written: ask for the state of the job.", "Job"),
                Answer(400, "The body cannot be read, or no model is configured.", "JobRefused"),
            ),
            body='{"input_prompt": "Call patients the day before their visit, say who is calling and when the visit is, and ask whether it '
            'still suits. If not, ask for two other times and say that the office calls back.", "input_name": "Visit reminder"}',
            body_schema="Description",
        ),
        Endpoint(
            "GET",
            "/pathway/generate/status/{job_id}",
            "generate_pathway_status",
            "State of the writing",
            "pending, then completed with the new pathway (a draft; its problems are listed) or failed with the reason. Kept for a day.",
            (Answer(200, "How far it is.", "JobState"), FAILED),
        ),
    ),
    {
        "Job": thing({"data": thing({"jobId": uid("The job.")}, "The job."), "errors": NO_ERRORS}, "It is being written."),
        "JobState": thing(
            {
                "data": thing(
                    {"status": one_of(["pending", "completed", "failed"], "How far it is.")}, "And the pathway, or the error.", more=True
                ),
                "errors": NO_ERRORS,
            },
            "How far the writing is.",
        ),
        "JobRefused": thing({"data": {"type": "null"}, "errors": {"type": "array", "description": "What was wrong."}}, "What was wrong."),
        "Description": thing(
            {
                "input_prompt": text("What the call is for and how it goes.", minLength=SHORTEST, maxLength=LONGEST),
                "input_name": text("The name of the pathway. Left out, the model names it.", maxLength=120),
            },
            "What is to be written.",
            needed=["input_prompt"],
            more=True,
        ),
    },
    {"job_id": uid("The job.")},
)
