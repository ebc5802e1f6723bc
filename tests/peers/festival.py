"""Speech of another maker than the agent's: Debian's festival with its voice of Carnegie Mellon (an American woman)."""

import json
import subprocess
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from calls.speech.audio import resample
from calls.speech.ports import RATE
from tests.peers.kit import Samples, program

PACKAGES = "festival festvox-us-slt-hts"
VOICE = "voice_cmu_us_slt_arctic_hts"
LOUDER = 2.0  # brings it to the loudness that a line expects


def speak(folder: Path, sentences: Sequence[str]) -> list[Samples]:
    """Each sentence at 8 kHz, without the silence around it. One process makes all of them, in 3 s for 24."""
    files = [folder / f"festival-{number}.wav" for number in range(len(sentences))]
    orders = [
        f"(utt.save.wave (utt.synth (Utterance Text {json.dumps(text)})) {json.dumps(str(file))})"
        for text, file in zip(sentences, files, strict=True)
    ]
    made = subprocess.run(
        [program("festival", PACKAGES), "--batch", f"({VOICE})", *orders], capture_output=True, text=True, timeout=60, check=False
    )
    assert all(file.exists() for file in files), f"apt-get install {PACKAGES}: {made.stderr}"
    return [_read(file) for file in files]


def _read(file: Path) -> Samples:
    with wave.open(str(file)) as one:
        sound = np.frombuffer(one.readframes(one.getnframes()), "<i2").astype(np.float32) / 32_768
        sound = resample(sound, one.getframerate(), RATE)
    loud = np.flatnonzero(np.abs(sound) > 0.005)
    return LOUDER * 32_768 * sound[loud[0] : loud[-1] + 1].astype(np.float64)
