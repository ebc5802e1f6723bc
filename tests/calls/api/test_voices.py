"""/v1/voices and /v1/speak."""

import io
import json
import wave

import pytest

from calls.speech import apart
from calls.speech.voices import VOICES
from personas.parameters.basic import DEFAULT_VOICE
from personas.parameters.basic import VOICES as PARAMETER

pytestmark = pytest.mark.django_db


def seconds(response) -> float:
    assert response["Content-Type"] == "audio/x-wav"
    with wave.open(io.BytesIO(response.content)) as file:
        assert (file.getframerate(), file.getnchannels()) == (8_000, 1)
        return file.getnframes() / 8_000


def post(api, path: str, body):
    return api.post(path, data=json.dumps(body), content_type="application/json")


def test_the_parameter_and_the_voices_are_the_same_list(api):
    assert {v.name for v in VOICES} == set(PARAMETER)
    assert VOICES[0].name == DEFAULT_VOICE
    assert [v["name"] for v in api.get("/v1/voices").json()["voices"]] == [v.name for v in VOICES]


def test_one_voice_by_id_name_or_older_name(api):
    for name in ("june", "June", "maya"):
        assert api.get(f"/v1/voices/{name}").json()["voice"]["id"] == "june"
    assert api.get("/v1/voices/nobody").status_code == 404


def test_sound_of_a_voice(api):
    assert 1 < seconds(post(api, "/v1/voices/josh/sample", {"text": "Good morning to you."})) < 4
    assert seconds(api.post("/v1/voices/josh/sample", data="", content_type="application/json")) > 2
    assert seconds(post(api, "/v1/speak", {"text": "Good morning to you.", "voice": "Paige"})) > 1


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/speak", {"text": ""}, 400),
        ("/v1/speak", {"text": 5}, 400),
        ("/v1/speak", [], 400),
        ("/v1/speak", {"text": "x" * 2_001}, 400),
        ("/v1/voices/june/sample", {"text": "x" * 201}, 400),
        ("/v1/speak", {"text": "Hi", "voice": "nobody"}, 404),
        ("/v1/voices/nobody/sample", {"text": "Hi"}, 404),
    ],
)
def test_what_cannot_be_spoken_is_told(api, path, body, status):
    assert post(api, path, body).status_code == status


def test_only_so_much_is_spoken_at_once(api, monkeypatch):
    monkeypatch.setattr(apart, "WAIT_SECONDS", 0.01)
    for _ in range(apart.AT_ONCE):
        assert apart._speaking.acquire(timeout=5)
    try:
        answer = post(api, "/v1/speak", {"text": "Something that was never said before."})
    finally:
        for _ in range(apart.AT_ONCE):
            apart._speaking.release()
    assert answer.status_code == 429
    assert answer["Retry-After"]
    assert "Ask again" in answer.json()["message"]
