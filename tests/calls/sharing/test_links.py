"""Links to one call: made by operators, read by whoever holds one, and nothing of the call beside what they were made for."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from calls import lifecycle
from calls.lifecycle import Event
from calls.models import Call, ShareLink
from calls.sharing import links
from calls.states import State
from config.models import AuditEntry, digest
from tests import factories
from tests.calls.recordings import kit as recordings

pytestmark = pytest.mark.django_db
HEADERS = {"X-Robots-Tag": "noindex, nofollow, noarchive", "Referrer-Policy": "no-referrer"}
ELSEWHERE = (
    "For staff",
    "Ask more",
    "Note of staff",
    "No interest",
    "Priya",
    "variable-value",
    "hook.example",
    "<audio",
    'class="rail"',
)  # what no link shows


@pytest.fixture
def call(account) -> Call:
    at = now()
    made = factories.call(
        account,
        state=State.COMPLETE,
        status="completed",
        started_at=at,
        ended_at=at,
        outcome_at=at,
        duration_ms=106_000,
        answered_by="human",
        callee_name="Jane Doe",
        disposition_tag="COMPLETED_ACTION",
        disposition_quote="five five",
        disposition_seq=2,
        disposition_reason="For staff alone.",
        summary="Jane wants a call on 720 555 0142.",
        variables={"hidden": "variable-value"},
        request={"webhook": "https://hook.example/"},
    )
    lifecycle.say(made.pk, "assistant", "Jane Doe, what is your number?", 0, 900)
    lifecycle.say(made.pk, "user", "Seven two zero, five five <five>.", 1_000, 3_000)
    lifecycle.record(made.pk, Event("call", "whispered", kind="command", data={"command": "whisper", "by": "Priya", "text": "Ask more"}))
    lifecycle.record(made.pk, Event("call", "Outcome", kind="outcome", data={"tag": "NO_INTEREST"}))
    lifecycle.record(made.pk, Event("call", "Changed", kind="outcome_corrected", data={"note": "Note of staff"}))
    return made


@pytest.fixture
def maker(member):
    return member("operator").user


def path_of(address: str) -> str:
    return "/shared/" + address.rpartition("/")[2]


def shared(call, maker, *, redact: bool = True, sound: bool = False, days: int = 7) -> str:
    return path_of(links.make(call, maker, redact=redact, sound=sound, days=days)[1])


def read(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_operator_makes_a_link_and_sees_its_address_once(signed_in, call):
    client = signed_in("operator")
    answer = client.post(f"/calls/{call.uid}/share", {"show": "closed", "days": "7"})
    (path,) = re.findall(r"/shared/[\w-]{43}", answer.content.decode())
    link = ShareLink.objects.get()
    assert link.digest == digest(path.removeprefix("/shared/")) and link.redact and not link.with_sound
    assert timedelta(days=6, hours=23) < link.expires_at - now() < timedelta(days=7)
    assert "no-store" in answer.headers["Cache-Control"]
    page = client.get(f"/calls/{call.uid}").content.decode()
    assert "/shared/" not in page and "Numbers blacked out" in page and "by Operator" in page and "Not opened yet." in page
    entry = AuditEntry.objects.get(action="share.made")
    assert entry.subject == "Jane Doe" and path.removeprefix("/shared/") not in str(entry.detail)
    assert read(path)


@pytest.mark.parametrize(
    "wrong", [{"show": "sound", "days": "7"}, {"show": "closed", "days": "400"}, {"show": "everything", "days": "1"}, {}]
)
def test_what_is_not_offered_is_not_made(signed_in, call, wrong):
    """Sound neither: there is no recording."""
    assert signed_in("operator").post(f"/calls/{call.uid}/share", wrong).status_code == 422
    assert not ShareLink.objects.exists()


def test_a_viewer_makes_none_and_a_call_that_runs_has_none(signed_in, call, account):
    assert signed_in("viewer").post(f"/calls/{call.uid}/share", {"show": "closed", "days": "7"}).status_code == 403
    live = factories.call(account, state=State.STARTED)
    client = signed_in("operator")
    assert client.post(f"/calls/{live.uid}/share", {"show": "closed", "days": "7"}).status_code == 303
    assert 'id="call-share"' not in client.get(f"/calls/{live.uid}").content.decode()
    assert not ShareLink.objects.exists()


def test_too_many_open_links_are_refused_in_words(signed_in, call, maker):
    for _ in range(links.MOST):
        shared(call, maker)
    answer = signed_in("operator").post(f"/calls/{call.uid}/share", {"show": "closed", "days": "7"})
    assert answer.status_code == 422 and "End one of them first." in answer.content.decode()


def test_blacked_out_page(call, maker):
    html = read(shared(call, maker))
    assert "Acme Dental" in html and "1:46" in html and "A person" in html and "Completed action" in html
    assert "•••, what is your number?" in html and "<p><b>Person</b> •••" in html and "<q>•••</q>" in html
    assert "••• wants a call on •••." in html
    for secret in ("Jane", "Doe", "5005", "Seven", "five", "0142", *ELSEWHERE):
        assert secret not in html, secret


def test_page_with_all_words(call, maker):
    html = read(shared(call, maker, redact=False))
    assert "Call with Jane Doe" in html and "+1 500 555 0006" in html
    assert "Seven two zero, five five &lt;five&gt;." in html and "<q>five five</q>" in html
    for secret in (*ELSEWHERE, str(call.uid)):
        assert secret not in html, secret


def test_a_shared_page_is_not_kept_or_found_and_leads_nowhere(call, maker):
    for path in (shared(call, maker), "/shared/invented"):
        answer = Client().get(path)
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert "no-store" in answer.headers["Cache-Control"] and "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_unknown_ended_and_past_links_look_the_same(signed_in, call, maker):
    ended, past = shared(call, maker), shared(call, maker)
    one, two = ShareLink.objects.order_by("pk")
    ShareLink.objects.filter(pk=two.pk).update(expires_at=now())
    assert signed_in("operator").post(f"/calls/{call.uid}/share/{one.pk}/end").status_code == 303
    answers = [Client().get(path + tail) for path in (ended, past, "/shared/invented") for tail in ("", "/sound.wav")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1 and b"does not work any more" in answers[0].content
    assert AuditEntry.objects.filter(action="share.ended").count() == 1
    page = signed_in("operator").get(f"/calls/{call.uid}").content.decode()
    assert "Ended" in page and "Ran out" in page and "End it now" not in page


def test_a_link_is_ended_by_its_own_office_and_call_alone(call, maker, account, signed_in, client, stranger):
    path = shared(call, maker)
    link, other = ShareLink.objects.get(), factories.call(account, state=State.COMPLETE)
    signed_in("operator").post(f"/calls/{other.uid}/share/{link.pk}/end")
    client.force_login(stranger)
    assert client.post(f"/calls/{call.uid}/share/{link.pk}/end").status_code == 404
    assert read(path)


def test_openings_are_counted_at_most_once_a_minute(call, maker):
    path = shared(call, maker)
    Client().head(path)
    read(path), read(path)
    assert ShareLink.objects.get().opened == 1
    ShareLink.objects.update(opened_at=now() - timedelta(minutes=2))
    with CaptureQueriesContext(connection) as first:
        read(path)
    with CaptureQueriesContext(connection) as second:
        read(path)
    assert ShareLink.objects.get().opened == 2
    assert not [q for q in second if q["sql"].startswith("UPDATE")] and [q for q in first if q["sql"].startswith("UPDATE")]


def test_sound_only_through_a_link_made_with_it(call, maker, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    recordings.recorded(call)
    loud, words = shared(call, maker, redact=False, sound=True), shared(call, maker, redact=False)
    silent = shared(call, maker, redact=True, sound=True)
    assert f'src="{loud}/sound.wav"' in read(loud)
    part = Client().head(f"{loud}/sound.wav", headers={"Range": "bytes=0-3"})
    assert part.status_code == 206 and part.headers["Content-Range"].startswith("bytes 0-3/")
    assert "no-store" in part.headers["Cache-Control"] and part.headers["Referrer-Policy"] == "no-referrer"
    for path in (words, silent):
        assert "<audio" not in read(path) and Client().get(f"{path}/sound.wav").status_code == 404


def test_the_number_of_queries_does_not_grow(call, maker, signed_in):
    path, client = shared(call, maker), signed_in("operator")

    def counted() -> list[int]:
        found = []
        for who, page in ((Client(), path), (client, f"/calls/{call.uid}/share"), (client, f"/calls/{call.uid}/print")):
            with CaptureQueriesContext(connection) as made:
                assert who.get(page).status_code == 200
            found.append(len(made))
        return found

    counted()
    before = counted()
    for n in range(6):
        shared(call, maker)
        lifecycle.say(call.pk, "user", f"Line {n}", 4_000 + n, 5_000 + n)
    assert counted() == before
