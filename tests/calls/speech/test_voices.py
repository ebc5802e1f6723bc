import numpy as np
import pytest

from calls.speech.voices import DEFAULT, VOICES, voice_of
from personas.parameters import basic


def test_every_voice_of_the_reference_is_there():
    assert [voice.name for voice in VOICES if voice.name not in basic.VOICES] == []
    assert set(basic.VOICES) == {voice.name for voice in VOICES}
    assert DEFAULT.name == basic.DEFAULT_VOICE


@pytest.mark.parametrize(
    ("given", "name"), [("Josh", "Josh"), (" josh ", "Josh"), ("DEREK", "Derek"), ("maya", "June"), ("Karen", "Paige")]
)
def test_by_name_or_id_in_any_case(given, name):
    assert voice_of(given).name == name


@pytest.mark.parametrize("given", ["", "nobody", "e1289219-0ea2-4f22-a994-c542c2a48a0f"])
def test_an_unknown_one_is_the_default(given):
    assert voice_of(given) is DEFAULT


def test_ids_are_unique_and_no_two_voices_sound_alike():
    assert len({voice.id for voice in VOICES}) == len(VOICES)
    shapes = [np.array([v.shape.pitch, v.shape.throat, v.shape.pace]) for v in VOICES]
    assert all(np.abs(a - b).max() > 0.04 for n, a in enumerate(shapes) for b in shapes[:n])
