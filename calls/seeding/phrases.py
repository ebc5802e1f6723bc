"""Words and sentences of invented calls: few words are very common, many are rare, as in what people say. Pure.

Sentences with common and rare proper names are made in advance; only some are made anew for a call, with a number of its own.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import yaml

WORDS = 20_000  # proper names
READY = 6_000  # sentences of a kind that are made in advance
HEAD = 8.0  # flattens the beginning of Zipf's law: the most common proper name is no stop word
BATCH = 4_096


@cache
def script() -> Mapping[str, Any]:
    data: Mapping[str, Any] = yaml.safe_load((Path(__file__).parent / "sentences.yaml").read_text(encoding="utf-8"))
    return data


@dataclass(frozen=True, slots=True)
class Ending:
    tag: str
    need: str  # a key of `needs`; "" when nothing is to be done
    agent: str
    callee: str
    reason: str


class Phrases:
    """Endless streams of what is said, the same for the same `rng`."""

    def __init__(self, rng: Random) -> None:
        self.rng, given = rng, script()
        self._given = given
        self.words = self._stream(_names(rng), list(accumulate(1 / (rank + HEAD) for rank in range(WORDS))))
        self.firsts = self._stream(given["first"])
        self._days, self._times = self._stream(given["days"]), self._stream(given["times"])
        self._code = rng.randrange(10_000)
        self.asked, self.said, self.told = (self._ready(given[kind]) for kind in ("asked", "said", "told"))
        rows = given["endings"]
        self.endings = self._stream([Ending(tag, *row[1:]) for tag, row in rows.items()], list(accumulate(row[0] for row in rows.values())))
        self.latencies = self._stream([_latency(rng) for _ in range(READY)])
        self.fresh = self._stream([*given["said"], *given["asked"]])

    def fill(self, text: str, **given: str) -> str:
        if "{" not in text:
            return text
        rng = self.rng
        if "{code}" in text:
            self._code += rng.randrange(1, 40)
            given["code"] = f"{'ABCDEFGHKLMNPRST'[rng.randrange(16)]}{self._code}"
        return text.format(
            word=next(self.words),
            first=next(self.firsts),
            day=next(self._days),
            time=next(self._times),
            amount=rng.randrange(20, 900),
            n=rng.randrange(2, 99),
            **given,
        )

    def one(self, kind: str, **given: str) -> str:
        choices = self._given[kind]
        return self.fill(choices[self.rng.randrange(len(choices))], **given)

    def _ready(self, texts: Sequence[str]) -> Iterator[str]:
        return self._stream([self.fill(texts[n % len(texts)], name="you", agent="us") for n in range(READY)])

    def _stream[T](self, values: Sequence[T], weights: Sequence[float] | None = None) -> Iterator[T]:
        while True:
            yield from self.rng.choices(values, cum_weights=weights, k=BATCH)


def _names(rng: Random) -> list[str]:
    given = script()
    parts, ends, found = given["parts"], given["ends"], dict[str, None]()
    while len(found) < WORDS:
        middle = rng.choice(parts) if len(found) > 1_000 else ""
        found[f"{rng.choice(parts)}{middle}{rng.choice(ends)}".capitalize()] = None
    return list(found)


def _latency(rng: Random) -> str:
    """Parts of a reply time as Utterance.latency has them, written as JSON."""
    hold, stt, agent, tts = rng.randrange(350, 900), rng.randrange(60, 240), int(rng.lognormvariate(4.6, 0.7)), rng.randrange(70, 260)
    return json.dumps({"hold": hold, "stt": stt, "agent": agent, "tts": tts, "total": hold + stt + agent + tts})
