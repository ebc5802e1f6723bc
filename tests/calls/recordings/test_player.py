"""The player on the Call page: drawn from peaks and lines, honest when there is nothing to hear, there for whom it is meant."""

import re

import pytest
from django.utils.timezone import now

from calls import lifecycle
from calls.models import Call, Recording
from calls.queries import Span
from calls.recordings import rows, shown
from calls.states import State
from tests import factories
from tests.calls.recordings import kit


def page_of(client, call: Call) -> str:
    answer = client.get(f"/calls/{call.uid}")
    assert answer.status_code == 200
    return answer.content.decode()


def talked(call: Call) -> int:
    lifecycle.say(
        call.pk, "assistant", "Hello, this is Anna.", 0, 2_000, latency={"hold": 500, "stt": 80, "agent": 320, "tts": 100, "total": 900}
    )
    return lifecycle.say(call.pk, "user", "Hi.", 2_000, 3_500)


def test_it_plays_draws_and_leads_to_every_line(signed_in, ended):
    seq = talked(ended)
    kit.recorded(ended)
    html = page_of(signed_in("viewer"), ended)
    address = f"/calls/{ended.uid}/recording"
    assert f'<audio controls preload="metadata" src="{address}"' in html
    assert 'data-seconds="4"' in html and "Agent spoke 2 seconds, Person 2." in html
    assert f'<a class="say-t num" href="{address}#t=2.00" aria-label="Hear from 0:02">' in html
    assert re.search(rf'id="line-{seq}" data-seq="{seq}" data-start="2.00"', html)
    assert f'href="{address}?download" download' in html
    assert "Who spoke when" not in html, "the player's lanes say it"
    assert "forget-d" not in html, "a viewer deletes nothing"


def test_an_editor_may_delete_and_sees_until_when_it_is_kept(signed_in, ended):
    ended.config = {**ended.config, "record": True}
    ended.save()
    kit.recorded(ended)
    Recording.objects.update(delete_after=now())
    html = page_of(signed_in("editor"), ended)
    assert 'commandfor="forget-d"' in html and "Delete this recording?" in html and "Kept until <time" in html


@pytest.mark.parametrize(
    ("state", "words"),
    [("writing", "is being put in order"), ("failed", "no sound reached the disk"), ("deleted", "The recording was deleted")],
)
def test_nothing_to_hear(signed_in, ended, state, words):
    talked(ended)
    kit.recorded(ended)
    Recording.objects.update(state=state)
    html = page_of(signed_in("editor"), ended)
    assert words in html and "<audio" not in html and "#t=" not in html and "Who spoke when" in html


def test_while_the_call_lasts_it_says_that_it_records(signed_in, account):
    call = factories.call(account, state=State.STARTED, started_at=now(), carrier="sip", config={"task": factories.TASK, "record": True})
    rows.begin(call.pk, str(kit.path_of(call)))
    html = page_of(signed_in("viewer"), call)
    assert "<dt>Recording</dt><dd>from the answer on</dd>" in html and "put in order" not in html


def test_without_a_recording_the_page_is_as_it_was(signed_in, ended):
    talked(ended)
    html = page_of(signed_in("viewer"), ended)
    assert "call-player>" not in html.replace('id="call-player"', "") and "Who spoke when" in html and "#t=" not in html


def test_the_parts_of_an_answer_are_drawn_side_by_side(signed_in, ended):
    talked(ended)
    html = page_of(signed_in("viewer"), ended)
    assert (
        'aria-label="Waiting for the end of their turn 0.4 seconds. Hearing 0.1 seconds. Thinking 0.3 seconds. Voice 0.1 seconds. "' in html
    )
    drawn = re.search(r'<svg class="lat-bar".*?</svg>', html)[0]
    bars = [(float(x), float(width)) for x, width in re.findall(r'x="([\d.]+)" width="([\d.]+)"', drawn)]
    assert bars[0] == (0, 219.1) and all(abs(a + w - b) < 0.2 for (a, w), (b, _) in zip(bars, bars[1:], strict=False))
    assert 470 < sum(bars[-1]) < 481


def test_the_list_says_which_calls_can_be_heard(signed_in, ended, account):
    other = factories.call(account, state=State.COMPLETE, status="completed", ended_at=now(), outcome_at=now())
    kit.recorded(ended)
    html = signed_in("viewer").get("/calls/").content.decode()
    row = {str(c.uid): re.search(rf'id="call-{c.uid}".*?</tr>', html, re.S)[0] for c in (ended, other)}
    assert "recorded</span>" in row[str(ended.uid)] and "recorded</span>" not in row[str(other.uid)]


# the drawing ---------------------------------------------------------------------------------------------------------
def drawn(peaks: list[list[float]], spans=()) -> shown.Player:
    made = shown.player(Recording(state="ready", duration_ms=10_000, peaks=peaks), spans, active=False)
    assert made is not None
    return made


def heights(path: str) -> list[float]:
    return [float(each) for each in re.findall(r"v([\d.]+)", path)]


def test_both_lanes_have_one_scale():
    agent, callee = drawn([[0.4, 0.0], [0.2, 0.1]]).waves
    assert heights(agent) == [35.0, 1.2] and heights(callee) == [17.5, 8.8]
    assert agent.startswith("M250.0 0.5v35.0M750.0 ")


def test_a_quiet_recording_is_drawn_quiet():
    agent, callee = drawn([[0.015], [0.0]]).waves
    assert heights(agent) == [3.5] and heights(callee) == [1.2]


def test_who_spoke_when_is_on_the_clock_of_the_recording():
    spans = [Span(1, "assistant", 0, 2_500, None), Span(2, "user", 5_000, 12_000, None), Span(3, "user", 11_000, 12_000, None)]
    blocks = drawn([[], []], spans).blocks
    assert [(b.x, b.width, b.agent) for b in blocks] == [(0, 250, True), (500, 500, False)], "what comes after its end is not in it"
