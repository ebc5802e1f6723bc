"""Every address of the calls API, declared once: for /v1/openapi.json and for the page /docs/api. A test holds it against the URLs."""

from calls.api.filters import FILTERS
from calls.api.queries import EVENT_LIMIT
from config.kit.openapi import Answer, Endpoint, Query

NO_CALL = Answer(404, "No call of yours has this id.", "Error")
NO_VOICE = Answer(404, "There is no such voice.", "Error")
NO_TEXT = Answer(400, "The text is missing or too long.", "Error")
NO_SPEECH = Answer(503, "This machine cannot speak; the message says what is missing.", "Error")
SPEAKING = Answer(429, "Other texts are being spoken just now; `Retry-After` says when to ask again.", "Error")
BAD_QUERY = Answer(400, "A value cannot be read; the message names it.", "Error")

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "POST",
        "/calls",
        "send_call",
        "Send a call",
        "Checks everything, keeps the call and puts it in line. The answer does not wait for the call: ask for its details with call_id.",
        (
            Answer(200, "Accepted. The call is dialled as soon as its time has come.", "Sent"),
            Answer(400, "Something in the body is wrong, or the number is on the do-not-call list.", "Refused"),
            Answer(402, "The balance does not allow it.", "Refused"),
            Answer(403, "The account is flagged.", "Refused"),
            Answer(404, "A pathway or another thing that was named does not exist.", "Refused"),
            Answer(409, "A request with this Idempotency-Key is still being answered.", "Refused"),
            Answer(413, "The body is too large.", "Refused"),
            Answer(418, "The content check refused the task or the first sentence.", "Refused"),
            Answer(422, "This Idempotency-Key came before, with another body.", "Refused"),
            Answer(429, "Too many calls, too soon after the last one to this number, or a number that is blocked.", "Refused"),
            Answer(500, "Something broke here; X-Request-Id names it in the log.", "Refused"),
        ),
        (
            Query(
                "Idempotency-Key",
                "A word of your own. The same word and body within 24 hours get the first answer again and make no second call.",
                {"type": "string", "maxLength": 255},
                "header",
            ),
            Query("encrypted_key", "For calls over a carrier account of your own.", {"type": "string"}, "header"),
        ),
        body='{"phone_number": "+15005550006", "task": "You are Anna from Acme Dental. Confirm the appointment on Tuesday at 3pm."}',
        body_schema="SendCall",
    ),
    Endpoint(
        "GET",
        "/calls",
        "list_calls",
        "List calls",
        "Your calls, newest first. A parameter that is not known is refused, so that no filter is left out in silence.",
        (Answer(200, "The calls.", "CallList"), BAD_QUERY),
        tuple(Query(f.name, f.help, f.schema) for f in FILTERS),
    ),
    Endpoint(
        "GET",
        "/calls/{call_id}",
        "call_details",
        "Call details",
        "Everything about one call, with its transcript. Poll until `completed` is true; the outcome follows within seconds of the end.",
        (Answer(200, "The call.", "CallDetails"), NO_CALL),
    ),
    Endpoint(
        "POST",
        "/calls/{call_id}/stop",
        "stop_call",
        "Stop a call",
        "Ends a live call, or takes a waiting or scheduled one out of the line. To stop a call that is over is no error.",
        (Answer(200, "It is ending, or had ended.", "Done"), NO_CALL),
    ),
    Endpoint(
        "GET",
        "/calls/{call_id}/events",
        "call_events",
        "Call events",
        "What happened on a call, in order, also while it lasts.",
        (Answer(200, "The events.", "CallEvents"), BAD_QUERY, NO_CALL),
        (
            Query("after", "How many events you already hold; only what came after them is sent.", {"type": "integer", "minimum": 0}),
            Query(
                "limit",
                "How many events to send at most.",
                {"type": "integer", "minimum": 1, "maximum": EVENT_LIMIT, "default": EVENT_LIMIT},
            ),
        ),
    ),
    Endpoint(
        "GET",
        "/pathway_calls/{call_id}",
        "pathway_logs",
        "Pathway log",
        "What the walk through the pathway said, heard, decided, remembered and looked up, in order. Empty for a call with a task.",
        (Answer(200, "The entries.", "PathwayLog"), NO_CALL),
        (Query("v", "2: as a timeline, each entry with its place.", {"type": "string", "enum": ["1", "2"]}),),
    ),
    Endpoint(
        "GET",
        "/calls/{call_id}/transcript/stream",
        "stream_transcript",
        "Transcript as it grows",
        "Server-sent events. First the lines so far, then every line within moments of being spoken, until the call ends.",
        (
            Answer(
                200,
                'Frames: {"type":"initial","messages":[{"id","text","role","timestamp"}]}, {"type":"new","id","text","role","timestamp"}, '
                '{"type":"update","transcript_id","text"} when the newest line was changed, {"type":"end"}.',
                stream=True,
            ),
            BAD_QUERY,
            NO_CALL,
        ),
        (
            Query("lastId", "The id of the newest line you hold; only later ones are sent.", {"type": "integer", "minimum": 0}),
            Query("Last-Event-ID", "The same, as browsers send it when they reconnect.", {"type": "string"}, "header"),
        ),
    ),
    Endpoint(
        "GET",
        "/calls/{call_id}/recording",
        "call_recording",
        "Recording",
        "The sound of a call that was sent with `record`: WAV, 8 kHz, 16 bit, the agent left, the person right. It is there within "
        "seconds of the end. A part is sent for a `Range`. `recording_url` in the details is an address of the same that needs no key.",
        (
            Answer(200, "audio/wav; or, for `accept: application/json` or `content-type: application/json`, where it is.", "RecordingAt"),
            Answer(206, "The part asked for."),
            Answer(404, "There is no recording: it was not asked for, is not ready, or was deleted.", "DataErrors"),
            Answer(416, "There is no such part."),
        ),
        (
            Query("Accept", "audio/wav (the same for any other kind of sound), or application/json.", {"type": "string"}, "header"),
            Query("Range", "A part of the file: bytes=0-65535.", {"type": "string"}, "header"),
        ),
        aliases=("/recordings/{call_id}", "/recording/{call_id}"),
    ),
    Endpoint(
        "GET",
        "/calls/{call_id}/correct",
        "correct_transcript",
        "Corrected transcript",
        "The recording heard once more at leisure: whole sentences of the person, and the agent's own words. The first request has it made "
        "and waits up to 15 seconds.",
        (
            Answer(200, "The lines; times are seconds from the answer.", "Corrected"),
            Answer(202, "It is still being made: ask again after `Retry-After` seconds.", "Corrected"),
            Answer(404, "No call of yours has this id, or it was not recorded.", "Error"),
            Answer(500, "The recording could not be heard again; the message says why.", "Error"),
        ),
    ),
    Endpoint(
        "GET",
        "/calls/active",
        "list_active_calls",
        "Active calls",
        "Calls that are not over: waiting, ringing and live ones.",
        (Answer(200, "The calls.", "ActiveCalls"),),
    ),
    Endpoint(
        "GET",
        "/calls/active/stream",
        "stream_active_calls",
        "Active calls as they change",
        "Server-sent events. First the calls that are not over, then every change, and a heartbeat every 30 seconds.",
        (
            Answer(
                200,
                'Frames: {"type":"INITIAL_STATE","data":[…]}, {"type":"UPDATE","data":{"call_id","status","timestamp"}}, '
                '{"type":"HEARTBEAT","timestamp"}. A call goes QUEUED, IN_PROGRESS, perhaps TRANSFERRED, COMPLETE.',
                stream=True,
            ),
        ),
    ),
    Endpoint(
        "POST",
        "/calls/active/stop",
        "stop_active_calls",
        "Stop all calls",
        "Stops every waiting and live call of the account.",
        (Answer(200, "They are ending.", "StoppedAll"),),
    ),
    Endpoint("GET", "/me", "me", "Your account", "The account that the key belongs to.", (Answer(200, "The account.", "Me"),)),
    Endpoint(
        "GET",
        "/languages",
        "list_languages",
        "Languages",
        "What can be sent as `language`.",
        (Answer(200, "The languages.", "Languages"),),
    ),
    Endpoint("GET", "/voices", "list_voices", "Voices", "What can be sent as `voice`.", (Answer(200, "The voices.", "Voices"),)),
    Endpoint(
        "GET", "/voices/{voice_id}", "get_voice", "One voice", "By its id or name.", (Answer(200, "The voice.", "VoiceAnswer"), NO_VOICE)
    ),
    Endpoint(
        "POST",
        "/voices/{voice_id}/sample",
        "sample_voice",
        "Hear a voice",
        "The voice says `text`, at most 200 characters; without it, it introduces itself.",
        (Answer(200, "WAV, 8 kHz, as on the telephone."), NO_TEXT, NO_VOICE, SPEAKING, NO_SPEECH),
        body='{"text": "Good morning."}',
        body_schema="SampleVoice",
    ),
    Endpoint(
        "POST",
        "/speak",
        "speak",
        "Speak a text",
        "The sound of a text of at most 2,000 characters.",
        (Answer(200, "WAV, 8 kHz, as on the telephone."), NO_TEXT, NO_VOICE, SPEAKING, NO_SPEECH),
        body='{"text": "Good morning.", "voice": "June"}',
        body_schema="SpeakText",
    ),
    Endpoint(
        "GET",
        "/openapi.json",
        "openapi",
        "OpenAPI document",
        "OpenAPI 3.1, made from the definitions that check the requests.",
        (Answer(200, "The document."),),
        key=False,
    ),
)
EVERYWHERE = (
    Answer(401, "The key is missing, unknown, expired or revoked.", "Unauthorized"),
    Answer(405, "This address does not know the method.", "Error"),
)
