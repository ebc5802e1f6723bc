"""How one call hears and sounds: what its parameters say about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from calls.carriers.base import Dial


@dataclass(frozen=True, slots=True)
class How:
    call_id: str
    voice: str = ""
    language: str = "babel-en"
    keywords: Sequence[str] = ()
    pronunciation: Sequence[Mapping[str, Any]] = ()
    background: str | None = None  # office, cafe, restaurant; None: a quiet line's hiss; "none": nothing at all
    clean: bool = False  # noise_cancellation: for voice activity and the recording, never for recognition
    record_to: str = ""

    @classmethod
    def of(cls, dial: Dial) -> "How":
        given: Mapping[str, Any] = dial.options
        return cls(
            call_id=dial.call_id,
            voice=given.get("voice") or "",
            language=given.get("language") or "babel-en",
            keywords=tuple(given.get("keywords") or ()),
            pronunciation=tuple(given.get("pronunciation_guide") or ()),
            background=given.get("background_track"),
            clean=bool(given.get("noise_cancellation")),
            record_to=dial.record_to,
        )
