"""The Test button: what is wrong with an endpoint, in words."""

import pytest

from calls.agent.model_test import probe
from tests.calls.agent.model_double import Drop, Pause, Status, serving


def probed(settings, script, name: str = "base"):
    with serving(script) as double:
        settings.MODEL_BASE_URL, settings.MODEL_BASE, settings.MODEL_TURBO = double.url, "tiny-1", "mini-1"
        settings.MODEL_API_KEY, settings.MODEL_TIMEOUT = "sk-secret", 0.4
        return probe(name), double


def test_it_answers(settings):
    result, double = probed(settings, ["rea", "dy"], "turbo")
    assert result.ok
    assert result.model == "mini-1"
    assert "answers as mini-1: first word after" in result.message
    assert double.requests[0]["model"] == "mini-1"


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (Status(401), "refused the key (status 401)"),
        (Status(404), "does not know the model tiny-1"),
        (Status(429), "the quota is used up"),
        (Status(500), "answered with an error (status 500)"),
        ([Pause(1.5), "late"], "did not answer within 0.4 s"),
        ([Drop()], "cannot be reached"),
        ([], "answered without a word"),
    ],
    ids=str,
)
def test_it_says_what_is_wrong(settings, script, words):
    result, _ = probed(settings, script)
    assert not result.ok
    assert words in result.message
    assert "sk-secret" not in result.message


def test_nothing_is_configured(settings):
    settings.MODEL_BASE_URL = ""
    assert "set MODEL_BASE_URL and MODEL_TURBO" in probe("turbo").message


def test_nobody_listens(settings):
    settings.MODEL_BASE_URL, settings.MODEL_BASE = "http://127.0.0.1:9/v1", "tiny-1"
    assert "127.0.0.1:9 cannot be reached" in probe().message
