"""Questions about calls for the API document."""

import json

from config.kit.openapi import SUCCESS, Answer, Chapter, Endpoint, Schema, a, array, ref, text, thing, uid

QUESTION: Schema = {
    "type": "array",
    "prefixItems": [
        text("The question.", minLength=1, maxLength=500),
        text("string, number, boolean, array, or the possible answers: “human or voicemail”."),
    ],
    "minItems": 2,
    "maxItems": 2,
    "description": "A question and the kind of its answer.",
}
QUESTIONS = array(QUESTION, "At most 20.")
GOAL = text("What the call was for.", maxLength=2000)
QUOTE = thing({"line": a("integer", "The line of the transcript, by its place in the history."), "text": text("The words.")}, "Words said.")
TOLD: dict[str, Schema] = {
    "answers": {"type": "array", "items": {}, "description": "One to each question, in order; null where the call does not say."},
    "quotes": array(array(QUOTE, "The words that the answer stands on."), "Beside the answers, in the same order."),
    "credits_used": a("number", "Always 0: answers cost nothing here."),
}
ONE = thing({"status": SUCCESS, "message": text("In words."), **TOLD}, "The answers of one call.")
SEVERAL = thing(
    {
        "status": SUCCESS,
        "message": text("In words."),
        "results": array(thing({"call_id": uid("The call."), **TOLD}, "The answers of one call."), "One for each call."),
        "credits_used": a("number", "Always 0."),
    },
    "The answers of several calls.",
)
WISH = thing({"goal": GOAL, "questions": QUESTIONS}, "What to ask of a call.")
NAMED = thing(
    {
        "call_id": uid("The call."),
        "call_ids": array({"type": "string", "format": "uuid"}, "Instead of call_id: up to 20 calls."),
        "goal": GOAL,
        "questions": QUESTIONS,
        "schema_id": uid("Instead of questions: a citation schema, whose variables are asked for."),
    },
    "What to ask of which calls.",
    optional=True,
)
EXAMPLE = {
    "goal": "Understand whether the customer is satisfied with the installation",
    "questions": [
        ["Who answered the call?", "human or voicemail"],
        ["Is the customer satisfied?", "boolean"],
        ["What went wrong?", "string"],
    ],
}
BAD = Answer(400, "Something in the body is wrong, or the call is not over; the message names what.", "Error")
NONE = Answer(404, "No call of yours has this id.", "Error")

CHAPTER = Chapter(
    "Analyze",
    (
        Endpoint(
            "POST",
            "/calls/{call_id}/analyze",
            "analyzeCall",
            "Ask questions about a call",
            "Every answer stands on words of the transcript, which come with it. What the call does not say is null.",
            (Answer(200, "The answers.", "CallAnswers"), BAD, NONE),
            body=json.dumps(EXAMPLE, indent=2),
            body_schema="CallQuestions",
        ),
        Endpoint(
            "POST",
            "/calls/analyze",
            "analyzeCalls",
            "Ask questions about named calls",
            "The same for a call that the body names, or for up to 20 at once.",
            (Answer(200, "The answers; of call_ids, one result for each.", "CallsAnswers"), BAD, NONE),
            body=json.dumps({"call_id": "2f1c8b6e-6d3f-4c7e-9d0a-5b1d3c2a7e10", **EXAMPLE}, indent=2),
            body_schema="CallsQuestions",
        ),
    ),
    {"CallQuestions": WISH, "CallsQuestions": NAMED, "CallAnswers": ONE, "CallsAnswers": {"anyOf": [ref("CallAnswers"), SEVERAL]}},
    {"call_id": uid("The call.")},
)
