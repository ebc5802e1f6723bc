"""From a line that carries sound to a conversation: hears, speaks, keeps time and records.

    line ── Sound ──► hearing (voice activity, recognition) ──► Voice, Heard ──► the session
    line ◄─ frames ── mouth (synthesis, pause, background) ◄── say, flush, pause ── the session

A carrier calls `check()`, dials, makes its `SoundLine` (calls.carriers.sound) and returns `voice_leg(line, dial)`.
"""

from calls.carriers.voice.leg import VoiceLeg, check, live, voice_leg

__all__ = ["VoiceLeg", "check", "live", "voice_leg"]
