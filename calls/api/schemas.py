"""The shapes of our answers, as JSON Schema 2020-12 (that of OpenAPI 3.1). Tests hold real answers against them."""

from calls.states import QUEUE_STATUS, AnsweredBy, EndedBy, Status
from config.kit.openapi import NO_ERRORS, SUCCESS, Schema, ref
from config.kit.openapi import a as _a
from config.kit.openapi import array as _list
from config.kit.openapi import one_of as _words
from config.kit.openapi import text as _text
from config.kit.openapi import thing as _object
from config.kit.openapi import time as _time
from config.kit.openapi import uid as _id

CALL_FIELDS: dict[str, Schema] = {
    "call_id": _id("The call."),
    "c_id": _id("The same as call_id."),
    "batch_id": _id("The batch it belongs to.", null=True),
    "to": _text("The number that was called."),
    "from": _text("The number it was called from; empty while none was chosen."),
    "inbound": _a("boolean", "Whether somebody called you. Always false for now."),
    "created_at": _time("When it was accepted."),
    "started_at": _time("When it was answered.", null=True),
    "end_at": _time("When it ended. While it lasts: when max_duration will end it.", null=True),
    "updated_at": _time("When it last moved on."),
    "completed": _a("boolean", "Whether it is over, however it came out. Poll for this."),
    "queue_status": _words(dict.fromkeys(QUEUE_STATUS.values()), "Where it stands."),
    "status": _words(Status, "How it came out; null until it is over.", null=True),
    "error_message": _text("Why it failed.", null=True),
    "answered_by": _words(AnsweredBy, "Who or what answered; null when that is not known.", null=True),
    "call_ended_by": _words(EndedBy, "Who hung up.", null=True),
    "call_length": _a("number", "Minutes from answer to end; 0 until it is over.", minimum=0),
    "corrected_duration": _text("The same in whole seconds, as text.", pattern="^[0-9]+$"),
    "max_duration": _a("number", "Minutes after which it is ended.", null=True),
    "price": _a("number", "US dollars; null until it is known.", null=True),
    "record": _a("boolean", "Whether it was to be recorded."),
    "recording_url": _text("Where the recording is, for a week without a key; null while there is none.", null=True),
    "recording_expiration": _time("Until when recording_url opens. Ask again for a new one.", null=True),
    "metadata": _a("object", "As you sent it."),
    "variables": _a("object", "What {{name}} stands for on this call: given, built in, and learnt."),
    "summary": _text("What was said, in short.", null=True),
    "disposition_tag": _text("The outcome.", null=True),
    "voice_id": _text("The voice that was asked for.", null=True),
    "persona_id": _id("The persona it was made with.", null=True),
    "pathway_id": _id("The pathway it was made along.", null=True),
    "pathway_version": _a("integer", "The version of that pathway.", null=True),
    "campaign_id": _text("Always null: there are no campaigns yet.", null=True),
    "transferred_to": _text("The number the person was handed over to.", null=True),
    "transferred_at": _time("When that happened.", null=True),
    "retry_of": _id("The call that this one repeats, after a voicemail.", null=True),
}

DETAIL_FIELDS: dict[str, Schema] = {
    **CALL_FIELDS,
    "request_data": _a("object", "The request as it came, without secrets."),
    "endpoint_url": _text("The host that made the call."),
    "local_dialing": _a("boolean", "Whether a number near the person was asked for."),
    "concatenated_transcript": _text("All lines as one text, each as `speaker: text`, joined by space, newline, space."),
    "transcripts": _list(ref("TranscriptLine"), "What was said, in order."),
    "corrected_transcript": _a("array", "The lines as /correct answers them; null until somebody asked for them.", null=True),
    "pathway_logs": _a("array", "The steps along the pathway; null for a call with a task.", null=True),
    "pathway_tags": _list({"type": "string"}, "Tags that the pathway set."),
    "analysis_schema": _a("object", "As you sent it.", null=True),
    "analysis": _a("object", "Answers to analysis_schema by name, null for what was not said; null until they are read.", null=True),
    "citations": _a("array", "What the citation schemas found, each value with the lines that prove it; null until it is read.", null=True),
    "dispositions": _list({"type": "string"}, "The outcomes to choose from, as you sent them.", null=True),
    "disposition_quote": _text("The person's words that decided the outcome; null when the system decided.", null=True),
    "disposition_reason": _text("One sentence about why this outcome.", null=True),
    "pre_transfer_duration": _a("number", "Minutes before the hand-over.", null=True),
    "post_transfer_duration": _a("number", "Minutes after it.", null=True),
    "warm_transfer_call": _a("object", "Always null for now.", null=True),
    "is_proxy_agent_call": _a("boolean", "Always false."),
    "is_canary": _a("boolean", "Always false."),
    "retries": _list({"type": "string", "format": "uuid"}, "Calls that repeat this one."),
    "start_time": _time("While it waits: when it is due.", null=True),
    "held_reason": _text("Why it waits longer than asked.", null=True),
    "sources": _a(
        "object",
        "Where each setting came from.",
        additionalProperties={"type": "string", "enum": ["request", "persona", "default"]},
    ),
    "tags": _list({"type": "string"}, "Words that people put on it."),
    "notes": _list({"type": "string"}, "What was ignored or replaced when the call was accepted."),
}

SCHEMAS: dict[str, Schema] = {
    "CallItem": _object(CALL_FIELDS, "A call in the list; what exclude_fields names is left out.", optional=True),
    "CallDetails": _object(DETAIL_FIELDS, "Everything about one call."),
    "CallList": _object(
        {
            "total_count": _a("integer", "How many calls match.", minimum=0),
            "count": _a("integer", "How many are in this answer.", minimum=0),
            "calls": _list(ref("CallItem"), "The calls."),
        },
        "Calls, newest first.",
    ),
    "TranscriptLine": _object(
        {
            "id": _a("integer", "Grows from line to line."),
            "created_at": _time("When it was said."),
            "text": _text("What was said, as far as it was heard."),
            "user": _words(["user", "assistant", "robot", "agent-action"], "Who said it; robot: a machine that answered."),
            "c_id": _id("The call."),
        },
        "One line of a transcript.",
    ),
    "CallEvent": _object(
        {
            "level": _text("What it is about: queue, call, latency, webhook, tool, dynamic_data, citations."),
            "message": _text("What happened."),
            "category": _words(["info", "performance", "error"], "How to take it."),
            "call_id": _id("The call."),
            "timestamp": _time("When."),
        },
        "One thing that happened on a call.",
    ),
    "CallEvents": _list(ref("CallEvent"), "What happened, in order."),
    "PathwayLogEntry": _object(
        {
            "role": _words(["assistant", "user", "agent-action"], "Who spoke; agent-action: something that was done."),
            "text": _text("What was said or done."),
            "decision": _text("Why a way on was taken or none was.", null=True),
            "pathway_info": _a("object", "More about it, by what it is."),
            "chosen_node_id": _text("The step it stands at, or goes on to.", null=True),
            "tag": _text("Always null.", null=True),
            "created_at": _time("When."),
        },
        "One entry of the log of a walk through a pathway.",
    ),
    "PathwayTimelineEntry": _object(
        {
            "conversation_id": _id("The call."),
            "sequence": _a("integer", "Its place, from 1."),
            "event_type": _words(["message", "decision", "action"], "What it is."),
            "node_id": _text("The step.", null=True),
            "operation_id": _text("Unique within the account."),
            "payload": _a("object", "The entry without its step and time; texts of at most 65,536 characters."),
            "created_at": _time("When."),
        },
        "One entry of the same log as a timeline.",
    ),
    "PathwayLog": _list({"anyOf": [ref("PathwayLogEntry"), ref("PathwayTimelineEntry")]}, "Timeline entries with `v=2`."),
    "ActiveCall": _object(
        {
            "call_id": _id("The call."),
            "user_id": _id("Your account."),
            "from": _text("The number it is made from."),
            "to": _text("The number that is called."),
            "objective": _text("The beginning of its task."),
            "pathway_id": _id("The pathway it is made along.", null=True),
            "start_time": _time("When it was answered; before that, when it is due."),
            "international": _words(["true", "false"], "Whether it leaves your country. A text."),
            "status": _words(["QUEUED", "IN_PROGRESS", "TRANSFERRED", "COMPLETE"], "Where it stands."),
            "timestamp": _text("When it was accepted: milliseconds since 1970, as text.", pattern="^[0-9]+$"),
        },
        "A call that is not over.",
    ),
    "ActiveCalls": _object(
        {"data": _list(ref("ActiveCall"), "Oldest first, at most 1000."), "errors": NO_ERRORS}, "Calls that are not over."
    ),
    "RecordingAt": _object({"status": SUCCESS, "url": _text("Opens without a key, for a week.")}, "Where the recording is."),
    "Corrected": _object(
        {
            "status": {"enum": ["success", "processing"]},
            "message": _text("In words."),
            "corrected": _list(
                _object(
                    {
                        "start": {"type": "number", "description": "Seconds from the answer."},
                        "end": {"type": "number", "description": "Seconds from the answer."},
                        "text": _text("What was said."),
                        "speaker": {"enum": [0, 1], "description": "0 the agent, 1 the person (or a machine in their place)."},
                        "speaker_label": {"enum": ["assistant", "user", "robot"]},
                        "confidence": {
                            "type": "number",
                            "minimum": 0,
                            "maximum": 1,
                            "description": "1 for the agent's own words; for the person's, how far both hearings agree.",
                        },
                    },
                    "One line.",
                ),
                "In the order they were said.",
            ),
            "aligned": {"type": "array", "items": {}, "description": "Deprecated in the reference; always empty."},
        },
        "The corrected transcript.",
    ),
    "Sent": _object(
        {
            "status": SUCCESS,
            "message": _text("Call successfully queued."),
            "call_id": _id("The call: ask for its details with this."),
            "batch_id": _id("Always null for a single call.", null=True),
        },
        "The call was accepted.",
    ),
    "Done": _object({"status": SUCCESS, "message": _text("What was done.")}, "It was done."),
    "StoppedAll": _object(
        {"status": SUCCESS, "message": _text("What was done."), "num_calls": _a("integer", "How many calls will end.", minimum=0)},
        "Calls are being ended.",
    ),
    "Me": _object(
        {
            "status": _words(["active", "flagged"], "Whether the account may make calls."),
            "billing": _object(
                {"current_balance": _a("number", "US dollars."), "refill_to": _a("number", "Always null.", null=True)}, "The balance."
            ),
            "total_calls": _a("integer", "How many calls the account ever made.", minimum=0),
        },
        "The account of the key.",
    ),
    "Languages": _object(
        {
            "data": _list(
                _object({"code": _text("What to send as language."), "name": _text("Its name in English.")}, "A language."), "All of them."
            ),
            "errors": NO_ERRORS,
        },
        "Languages that a call can be held in.",
    ),
    "Voice": _object(
        {
            "id": _text("What to send as voice; its name does as well."),
            "name": _text("As people know it."),
            "description": _text("What it sounds like."),
            "public": _a("boolean", "Whether every account has it."),
            "tags": _list({"type": "string"}, "Words to find it by."),
            "total_ratings": _a("integer", "Always 0: voices are not rated here."),
            "average_rating": _a("number", "Always 0."),
            "service": _text("BUILTIN."),
            "user_id": _text("Always null.", null=True),
        },
        "A voice.",
    ),
    "Voices": _object({"voices": _list(ref("Voice"), "All of them.")}, "Voices that a call can speak with."),
    "VoiceAnswer": _object({"voice": ref("Voice")}, "One voice."),
    "SampleVoice": _object({"text": _text("At most 200 characters.")}, "What the voice says."),
    "SpeakText": _object({"text": _text("At most 2,000 characters."), "voice": _text("Its id or name.")}, "What is to be said."),
    "Error": {
        "type": "object",
        "description": "What was wrong.",
        "properties": {
            "status": _text("error, or for a number on the do-not-call list: DNC Error."),
            "message": _text("What was wrong, in words."),
            "errors": _list({"type": "string"}, "When the request was refused: everything that was wrong with it."),
        },
        "required": ["status", "message"],
        "additionalProperties": False,
    },
    "Refused": {
        "type": "object",
        "description": "What was wrong. Most answers have status and message; two of the reference have error alone.",
        "properties": {
            "status": _text("error, or for a number on the do-not-call list: DNC Error."),
            "message": _text("What was wrong, in words."),
            "errors": _list({"type": "string"}, "Everything that was wrong."),
            "error": _text("A code or sentence."),
            "details": {"description": "What the content check found."},
        },
        "anyOf": [{"required": ["status", "message"]}, {"required": ["error"]}],
        "additionalProperties": False,
    },
    "Unauthorized": _object(
        {
            "data": {"type": "null"},
            "errors": _list(_object({"error": {"const": "AUTH_FAILURE"}, "message": _text("Unauthorized")}, "The error."), "One error."),
        },
        "The key is missing, unknown, expired or revoked.",
    ),
}
