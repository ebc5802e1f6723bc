"""/docs/webhooks: its examples and its code are true, and the checker says what is wrong without telling or keeping a secret."""

import html
import json
import logging
from datetime import timedelta

import pytest
from django.utils.timezone import now

from calls import hook_examples
from calls.hooks import checking, signing
from calls.hooks.checking import Known
from calls.models import Call
from config.views import receiver_code
from tests import factories

PAGE = "/docs/webhooks"
SECRET = hook_examples.SECRET
BODY = '{"call_id":"1","text":"Grüße, 1 €"}'


def sent(body: str = BODY, *, secret: str = SECRET, ago: timedelta = timedelta()) -> str:
    found = signing.headers([secret], hook_examples.MESSAGE, now() - ago, body)
    return "\n".join(f"{name}: {value}" for name, value in found.items())


def judged(headers: str, body: str = BODY, *, secret: str = SECRET) -> tuple[str, str]:
    finding = checking.judge([Known("Your secret", secret)], headers, body, now())
    return finding.tone, f"{finding.title} {finding.text}"


def test_the_examples_are_what_is_sent(account):
    record, event = hook_examples.record(account, now()), hook_examples.event(account, now())
    fields = json.loads(record.body)
    assert (fields["status"], fields["disposition_tag"], fields["event_type"], fields["revision"]) == (
        "completed", "COMPLETED_ACTION", None, 0,
    )  # fmt: skip
    assert len(fields["transcripts"]) == len(hook_examples.SAID)
    assert json.loads(event.body)["category"] == "call"
    cited = json.loads(hook_examples.citations(account, now()).body)
    assert cited["event_type"] == "citations"
    assert cited["citations"][0]["cited_utterances"][0]["transcript"] == hook_examples.SAID[1][1]
    assert not Call.objects.exists(), "an example is no call"


def test_the_example_fits_its_own_headers(signed_in):
    client = signed_in("viewer")
    page = client.get(PAGE)
    told = page.context["sent"]
    pasted = {"headers": "\n".join(f"{k}: {v}" for k, v in told.items()), "body": page.context["record"].body, "secret": SECRET}
    assert html.escape(pasted["body"]) in page.content.decode()
    answer = client.post(PAGE, pasted)
    assert (answer.status_code, answer.context["finding"].tone) == (200, "good")


def test_the_code_for_python_works():
    shown: dict = {}
    exec(receiver_code.PYTHON, shown)
    exec(receiver_code.PLAIN, shown)
    headers = signing.headers([SECRET], hook_examples.MESSAGE, now(), BODY)
    raw = BODY.encode()
    assert shown["receive"](SECRET, headers, raw) == json.loads(BODY)
    assert shown["fits"](SECRET, headers, raw) and shown["fits_old_style"](SECRET, headers, raw)
    assert shown["receive"](SECRET, headers, raw + b" ") is None
    assert not shown["fits"](SECRET, headers, raw + b" ") and not shown["fits_old_style"](SECRET, headers, raw + b" ")


@pytest.mark.parametrize(
    "pasted",
    [
        lambda h: h,
        lambda h: "POST /results HTTP/1.1\nHost: x\n" + h.replace("webhook-", "Webhook-") + "\nAccept: */*",
        lambda h: "\n".join(f"-H '{line}' \\" for line in h.splitlines()),
        lambda h: str(dict(line.split(": ", 1) for line in h.splitlines())),
        lambda h: json.dumps(dict(line.split(": ", 1) for line in h.splitlines()), indent=2),
        lambda h: str({"HTTP_" + line.split(": ")[0].upper().replace("-", "_"): line.split(": ", 1)[1] for line in h.splitlines()}),
    ],
    ids=["lines", "among others", "curl", "dict", "json", "META"],
)
def test_headers_are_found_in_what_people_paste(pasted):
    standard = "\n".join(line for line in sent().splitlines() if not line.startswith("x-"))
    assert judged(pasted(standard))[0] == "good"


def test_a_body_that_was_pasted_with_a_line_break_fits():
    tone, said = judged(sent(), f"{BODY}\r\n")
    assert tone == "good" and "which come from pasting" in said


@pytest.mark.parametrize(
    "written", [lambda v: json.dumps(v), lambda v: json.dumps(v, indent=2), lambda v: json.dumps(v, ensure_ascii=False)]
)
def test_a_body_that_was_read_and_written_again_is_told(written):
    tone, said = judged(sent(), written(json.loads(BODY)))
    assert tone == "bad" and "the body was changed" in said and "read as JSON and written again" in said


def test_what_does_not_fit():
    other = "whsec_" + "A" * 32
    assert judged(sent(secret=other)) == ("bad", f"It does not fit. {checking.OTHER}")
    assert judged(sent(), BODY.replace("1 €", "2 €"))[0] == "bad"
    assert judged("content-type: application/json")[1].startswith("No header of ours")
    assert "webhook-id is missing" in judged("webhook-timestamp: 1\nwebhook-signature: v1,x")[1]
    assert judged(sent(), secret="hunter2")[1].startswith("It does not fit. This is no secret of ours")
    assert checking.judge([], sent(), BODY, now()).title == "There is no secret to check with."
    assert checking.judge([Known("Mine", SECRET)], sent(), "[" * 100_000, now()).tone == "bad"


def test_a_message_that_is_old_fits_but_for_its_time():
    tone, said = judged(sent(ago=timedelta(hours=2)))
    assert tone == "warn" and "2 hours old" in said and checking.PASTED_LATER in said


class TestPage:
    def test_the_secrets_of_the_office_are_tried_and_never_told(self, signed_in, account, caplog):
        caplog.set_level(logging.DEBUG)
        old, new = signing.new_secret(account, None), signing.new_secret(account, None)
        theirs = signing.new_secret(factories.account("Strangers Ltd"), None)
        client = signed_in("viewer")
        for secret, tone in ((old, "good"), (new, "good"), (theirs, "bad")):
            answer = client.post(PAGE, {"headers": sent(secret=secret), "body": BODY})
            assert answer.context["finding"].tone == tone
            assert secret not in answer.content.decode() and secret not in caplog.text
            assert "no-store" in answer.headers["Cache-Control"]
        assert f"Your secret {new[:10]}… signed it." in client.post(PAGE, {"headers": sent(secret=new), "body": BODY}).content.decode()

    def test_a_pasted_secret_is_not_written_back(self, signed_in, caplog):
        caplog.set_level(logging.DEBUG)
        pasted = "whsec_" + "QUJD" * 11
        client = signed_in("viewer")
        for form in ({"headers": sent(secret=pasted), "body": BODY}, {"headers": "", "body": "<b>x"}):
            answer = client.post(PAGE, {**form, "secret": pasted})
            assert pasted not in answer.content.decode() and pasted not in caplog.text
        assert answer.status_code == 422 and "<b>x" not in answer.content.decode()

    def test_the_page_says_how_long_and_how_often(self, signed_in, settings):
        settings.WEBHOOK_RETRY, settings.WEBHOOK_TIMEOUT = 3.0, 7.5
        page = signed_in("viewer").get(PAGE).content.decode()
        assert "within 7.5 seconds" in page and "3, 6, 12, 24" in page and "for 24 hours" in page
        assert 'href="/docs/webhooks"' in signed_in("viewer").get("/docs/api").content.decode()
