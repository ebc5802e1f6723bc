"""The post-call webhooks for the API document."""

from calls.api.postcall import MOST
from config.kit.openapi import NO_ERRORS, Answer, Chapter, Endpoint, a, array, one_of, text, thing, time, uid

CALLS = array({"type": "string", "format": "uuid"}, f"1 to {MOST} calls.")
UNKNOWN = Answer(404, "One of the calls is not yours or does not exist.", "DataErrors")
SENDING = Answer(200, "They are being sent.", "WebhooksSending")
SENT = thing(
    {
        "sent_at": time("When it was sent."),
        "response_code": a("integer", "What the receiver answered; null when no answer came.", null=True),
        "response_time": a("integer", "Milliseconds."),
        "send_type": one_of(("auto", "create", "resend"), "Why it was sent: the call was over, or somebody asked."),
    },
    "One time it was sent.",
)
WEBHOOK = thing(
    {
        "payload": a("object", "The body: the details of the call with `phone_number`, `event_type` (null) and `revision`."),
        "url": text("Where it goes."),
        "created_at": time("When it was made."),
        "call_id": uid("The call."),
        "user_id": uid("Your account."),
        "metadata": array(SENT, "Each time it was sent, the first one first."),
    },
    "The record of a call that is over, as it is sent.",
)
CHAPTER = Chapter(
    "Webhooks",
    (
        Endpoint(
            "GET",
            "/postcall/webhooks/{call_id}",
            "postcall_webhook",
            "What was sent for a call",
            "The record that was sent when the call was over, and each time it was sent. A corrected one stands in the place of the first.",
            (Answer(200, "It.", "PostcallWebhook"), Answer(404, "No call of yours, or nothing was sent for it.", "DataErrors")),
        ),
        Endpoint(
            "POST",
            "/postcall/webhooks/create",
            "create_postcall_webhooks",
            "Send the results of calls",
            "For calls that are over and whose results went nowhere. What was sent already is refused, and nothing is sent then.",
            (SENDING, Answer(400, "A value is wrong, a call is not over, or its webhook was sent already.", "DataErrors"), UNKNOWN),
            body='{"call_ids": ["00000000-0000-0000-0000-000000000000"], "webhook_url": "https://crm.example/calls"}',
            body_schema="PostcallCreate",
        ),
        Endpoint(
            "POST",
            "/postcall/webhooks/resend",
            "resend_postcall_webhooks",
            "Send results again",
            "To the same address, with the same id and body, once. How it went stands in `metadata`.",
            (SENDING, Answer(400, "A value is wrong, or nothing was sent for one of the calls yet.", "DataErrors"), UNKNOWN),
            body='{"call_ids": ["00000000-0000-0000-0000-000000000000"]}',
            body_schema="PostcallResend",
        ),
    ),
    {
        "PostcallWebhook": thing({"data": WEBHOOK, "errors": NO_ERRORS}, "What was sent."),
        "WebhooksSending": thing(
            {"data": thing({"message": text("In words."), "call_ids": CALLS}, "What is being sent."), "errors": NO_ERRORS},
            "They are being sent.",
        ),
        "PostcallCreate": thing(
            {"call_ids": CALLS, "webhook_url": text("Where to; https.", format="uri")}, "Which calls, and where to.", more=True
        ),
        "PostcallResend": thing({"call_ids": CALLS}, "Which calls.", more=True),
    },
    {"call_id": uid("The call.")},
)
