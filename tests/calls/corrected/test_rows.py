"""The recording of a call heard again with the built-in engines; its rows, its address, its page."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from calls.corrected import rows
from calls.models import CorrectedTranscript
from calls.recordings.files import path_of
from tests.calls.corrected.conftest import SAID

pytestmark = pytest.mark.django_db


def words(text):
    return {word.strip(".,?").lower() for word in text.split()}


def test_heard_again_and_given_out(spoken, client, key, signed_in):
    assert rows.ask(spoken).state == rows.WAITING
    rows.make(spoken.pk)
    row = CorrectedTranscript.objects.get()
    assert row.state == rows.READY and row.by == "Built-in (Moonshine tiny)"
    ours, theirs = row.lines
    assert ours == {
        "start": 0.0, "end": 2.0, "text": "When would you like to come?", "speaker": 0, "speaker_label": "assistant", "confidence": 1.0,
    }  # fmt: skip
    assert len(words(theirs["text"]) & words(SAID)) >= 10 and "hum" not in words(theirs["text"])
    assert theirs["speaker"] == 1 and 2.3 < theirs["start"] < 3 and 0.7 < theirs["confidence"] < 1
    told = client.get(f"/v1/calls/{spoken.uid}/correct", headers={"authorization": key}).json()
    assert told["status"] == "success" and told["corrected"] == row.lines and told["aligned"] == []
    assert client.get(f"/v1/calls/{spoken.uid}", headers={"authorization": key}).json()["corrected_transcript"] == row.lines
    page = signed_in("viewer").get(f"/calls/{spoken.uid}/corrected").content.decode()
    assert theirs["text"] in page and "Heard by Built-in" in page


def test_two_workers_make_it_once_and_a_dead_one_is_followed(spoken, monkeypatch):
    rows.ask(spoken)
    CorrectedTranscript.objects.update(lease_until=now() + timedelta(minutes=1))
    rows.make(spoken.pk)
    assert CorrectedTranscript.objects.get().state == rows.WAITING
    CorrectedTranscript.objects.update(lease_until=now() - timedelta(seconds=1))
    monkeypatch.setattr(rows, "read", lambda call: ([], "somebody"))
    rows.make(spoken.pk)
    assert CorrectedTranscript.objects.get().state == rows.READY


def test_three_tries_then_it_says_why_and_staff_may_ask_again(spoken, client, key, signed_in):
    rows.ask(spoken)
    path_of(spoken.recording).write_bytes(b"nothing of a recording")
    for _ in range(rows.TRIES):
        assert CorrectedTranscript.objects.get().state == rows.WAITING
        rows.make(spoken.pk)
    row = CorrectedTranscript.objects.get()
    assert row.state == rows.FAILED and row.trouble == "The recording could not be heard again. it is no WAV file"
    told = client.get(f"/v1/calls/{spoken.uid}/correct", headers={"authorization": key})
    assert told.status_code == 500 and told.json()["message"] == row.trouble
    assert signed_in("operator").post(f"/calls/{spoken.uid}/correct").status_code == 303
    assert CorrectedTranscript.objects.get().state == rows.WAITING


def test_while_it_is_made(ended, client, key, monkeypatch, signed_in):
    from calls.api import correct

    monkeypatch.setattr(correct, "WAIT", 0.1)
    CorrectedTranscript.objects.create(call=ended)
    told = client.get(f"/v1/calls/{ended.uid}/correct", headers={"authorization": key})
    assert (told.status_code, told.json()["status"], told["Retry-After"]) == (202, "processing", "5")
    assert "hx-trigger" in signed_in("viewer").get(f"/calls/{ended.uid}/corrected").content.decode()


def test_without_a_recording(ended, client, key, signed_in):
    assert client.get(f"/v1/calls/{ended.uid}/correct", headers={"authorization": key}).status_code == 404
    signed_in("operator").post(f"/calls/{ended.uid}/correct")
    assert not CorrectedTranscript.objects.exists()
    page = signed_in("operator").get(f"/calls/{ended.uid}/corrected").content.decode()
    assert "nothing to hear again" in page and "Hear it again" not in page
