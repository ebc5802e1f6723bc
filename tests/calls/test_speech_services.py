"""Speech services: how each is asked, what is told of failures, the page and the command."""

import io
import wave

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from calls import speech_services
from calls.models import SpeechService
from calls.speech import embedded, services
from calls.speech.languages import iso
from calls.speech.ports import RATE, SpeechConfig, SpeechError
from config.models import AuditEntry
from tests.calls import speech_double
from tests.calls.speech_double import KEY, WORDS


@pytest.fixture
def admin(member):
    return member("admin")


@pytest.fixture
def double():
    with speech_double.speech_services() as running:
        yield running


def config(double, kind: str, provider: str, **more) -> SpeechConfig:
    return SpeechConfig(kind, provider, double.url, secret=more.pop("secret", KEY), **more)


async def spoken(given: SpeechConfig, text: str = "Good morning.") -> bytes:
    return b"".join([piece async for piece in services.engines([given]).tts.speak(text, voice="June", language="en")])


@pytest.mark.parametrize(("provider", "path"), [("openai", "/v1/audio/transcriptions"), ("deepgram", "/v1/listen")])
async def test_hearing(double, provider, path):
    stt = services.engines([config(double, "stt", provider)]).stt
    sound = speech_double.tone(RATE)
    assert await stt.transcribe(sound, language="es", keywords=("Acme:2", "Nguyen")) == WORDS
    (asked,) = double.asked
    assert asked.path == path
    if provider == "openai":
        assert asked.headers["authorization"] == f"Bearer {KEY}"
        for part in (b'name="model"\r\n\r\ngpt-4o-mini-transcribe', b'name="language"\r\n\r\nes', b'name="prompt"\r\n\r\nAcme, Nguyen'):
            assert part in asked.body
        with wave.open(io.BytesIO(asked.body[asked.body.index(b"RIFF") :])) as file:
            assert (file.getframerate(), file.getnchannels()) == (RATE, 1)
            assert sound in asked.body
    else:
        assert asked.headers["authorization"] == f"Token {KEY}"
        assert asked.query == {
            "model": ["nova-3"],
            "smart_format": ["true"],
            "encoding": ["linear16"],
            "sample_rate": ["8000"],
            "language": ["es"],
            "keyterm": ["Acme", "Nguyen"],
        }
        assert asked.body == sound
    assert await stt.transcribe(sound, language="en", final=False) == ""  # nothing is paid for half an utterance
    assert len(double.asked) == 1


@pytest.mark.parametrize(
    ("provider", "path", "voice"),
    [("openai", "/v1/audio/speech", ""), ("deepgram", "/v1/speak", ""), ("elevenlabs", "/v1/text-to-speech/v 1/stream", "v 1")],
)
async def test_speaking_comes_out_at_the_rate_of_a_telephone(double, provider, path, voice):
    sound = await spoken(config(double, "tts", provider, voice=voice))
    assert abs(len(sound) - 2 * RATE) < 400  # a second
    samples = np.frombuffer(sound, "<i2").astype(float)
    assert 5_000 < np.abs(samples).max() < 12_000
    (asked,) = double.asked
    assert asked.path.replace("%20", " ") == path
    assert b"Good morning." in asked.body


async def test_what_is_not_named_is_done_by_the_built_in_ones(double):
    found = services.engines([config(double, "tts", "openai")])
    assert found.stt is embedded.engines().stt
    assert found.tts.name == "gpt-4o-mini-tts (OpenAI-compatible)"
    assert services.engines([SpeechConfig("tts", "gone")]) == embedded.engines() or services.engines([]).tts is embedded.engines().tts


@pytest.mark.parametrize(("status", "words"), [(401, "refused the key"), (404, "does not know"), (429, "quota"), (500, "an error")])
@pytest.mark.parametrize("provider", ["openai", "deepgram"])
async def test_failures_are_told_in_words_without_the_key(double, provider, status, words):
    double.status = status
    with pytest.raises(SpeechError, match=words) as told:
        await services.engines([config(double, "stt", provider)]).stt.transcribe(speech_double.tone(RATE), language="en")
    assert KEY not in str(told.value)
    with pytest.raises(SpeechError, match=words):
        await spoken(config(double, "tts", provider))


async def test_a_service_that_is_away():
    away = SpeechConfig("stt", "deepgram", "http://127.0.0.1:9/v1", secret=KEY)
    with pytest.raises(SpeechError, match="cannot be reached"):
        await services.engines([away]).stt.transcribe(speech_double.tone(RATE), language="en")


@pytest.mark.parametrize(
    ("language", "code"), [("babel-en", "en"), ("en-GB", "en"), ("auto", ""), ("babel", ""), ("pt-BR", "pt"), ("", "")]
)
def test_languages(language, code):
    assert iso(language) == code


# choosing ------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
class TestChoice:
    def test_the_page_saves_and_never_shows_the_key(self, admin, client, double):
        client.force_login(admin.user)
        body = {
            "kind": "tts",
            "tts-provider": "openai",
            "tts-base_url": double.url,
            "tts-model": "voice-1",
            "tts-voice": "nova",
            "tts-secret": KEY,
        }
        assert client.post(reverse("settings-speech"), body).status_code == 303
        row = SpeechService.objects.get()
        assert (row.provider, row.model, row.voice) == ("openai", "voice-1", "nova")
        assert KEY not in row.secret
        html = client.get(reverse("settings-speech")).content.decode()
        assert KEY not in html
        assert row.secret not in html
        assert "Saved, not shown" in html
        assert KEY not in str(list(AuditEntry.objects.values_list("detail", flat=True)))
        client.post(reverse("settings-speech"), {**body, "tts-secret": "", "tts-voice": "alloy"})  # an empty key keeps the saved one
        row.refresh_from_db()
        assert speech_services.config_of(row).secret == KEY
        assert row.voice == "alloy"

    def test_the_test_button_says_what_came(self, admin, client, double):
        client.force_login(admin.user)
        speech_services.choose(admin.account, "stt", speech_services.Choice("deepgram", double.url, secret=KEY))
        html = client.post(reverse("settings-speech"), {"kind": "stt", "try": "1"}, follow=True).content.decode()
        assert "It works." in html
        double.status = 401
        html = client.post(reverse("settings-speech"), {"kind": "stt", "try": "1"}, follow=True).content.decode()
        assert "refused the key" in html
        assert not SpeechService.objects.get().test_ok

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"stt-provider": "elevenlabs"}, "Select a valid choice"),
            ({"stt-secret": ""}, "Deepgram needs a key"),
            ({"stt-base_url": "ftp://x"}, "begins with https://"),
            ({"stt-base_url": "https://[x"}, "begins with https://"),
        ],
    )
    def test_wrong_input_is_told_beside_its_field(self, admin, client, change, words):
        client.force_login(admin.user)
        body = {"kind": "stt", "stt-provider": "deepgram", "stt-base_url": "", "stt-model": "", "stt-secret": KEY, **change}
        response = client.post(reverse("settings-speech"), body)
        assert response.status_code == 422
        assert words in response.content.decode()
        assert not SpeechService.objects.exists()

    def test_back_to_the_built_in_one(self, admin, client, double):
        speech_services.choose(admin.account, "tts", speech_services.Choice("deepgram", double.url, secret=KEY))
        client.force_login(admin.user)
        client.post(reverse("settings-speech"), {"kind": "tts", "tts-provider": "builtin"})
        assert not SpeechService.objects.exists()

    def test_a_saved_key_is_not_sent_to_a_new_address(self, admin, client, double):
        speech_services.choose(admin.account, "stt", speech_services.Choice("openai", double.url, secret=KEY))
        client.force_login(admin.user)
        body = {"kind": "stt", "stt-provider": "openai", "stt-base_url": "https://elsewhere.example.com", "stt-secret": ""}
        response = client.post(reverse("settings-speech"), body)
        assert response.status_code == 422
        assert "Enter the key again" in response.content.decode()
        assert SpeechService.objects.get().base_url == double.url
        assert client.post(reverse("settings-speech"), {**body, "stt-secret": "sk-other"}).status_code == 303
        assert speech_services.config_of(SpeechService.objects.get()).secret == "sk-other"

    def test_a_sample_is_sound(self, admin, client):
        client.force_login(admin.user)
        found = client.get(reverse("settings-voice-sample", args=["josh"]))
        assert found["Content-Type"] == "audio/wav"
        with wave.open(io.BytesIO(found.content)) as file:
            assert file.getnframes() > 2 * RATE
        assert client.get(reverse("settings-voice-sample", args=["nobody"])).status_code == 404

    def test_the_command(self, admin, double, monkeypatch, tmp_path, capsys):
        monkeypatch.setenv("SPEECH_KEY", KEY)
        call_command("set_service", "stt", "deepgram", f"base_url={double.url}", "model=nova-2", "--secret-env", "SPEECH_KEY", "--test")
        row = SpeechService.objects.get()
        assert (row.provider, row.model, row.test_ok) == ("deepgram", "nova-2", True)
        (tmp_path / "key").write_text(f"{KEY}\n")
        call_command("set_service", "tts", "openai", f"base_url={double.url}", "--secret-file", str(tmp_path / "key"))
        assert speech_services.config_of(SpeechService.objects.get(kind="tts")).secret == KEY
        call_command("set_service", "tts", "builtin")
        assert SpeechService.objects.count() == 1
        told = capsys.readouterr()
        assert KEY not in told.out + told.err

    @pytest.mark.parametrize(
        ("args", "words"),
        [
            (("stt", "deepgram"), "needs a key"),
            (("stt", "deepgram", "secret=sk-right"), "--secret-env or --secret-file"),
            (("tts", "openai", "--secret-env", "NOT_THERE"), "is not set"),
            (("tts", "openai", "--secret-file", "/nowhere/key"), "cannot be read"),
            (("stt", "elevenlabs"), "Choose one of"),
        ],
    )
    def test_the_command_refuses_in_one_sentence(self, admin, args, words):
        with pytest.raises(CommandError, match=words) as told:
            call_command("set_service", *args)
        assert "sk-right" not in str(told.value)
        assert not SpeechService.objects.exists()
