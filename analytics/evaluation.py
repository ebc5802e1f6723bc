"""Scores labelled sets (`manage.py evaluate KIND FILE`): the project's own and those of an office."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analytics.dispositions import choose
from analytics.reading import Spoken
from calls.agent.encoder import encoder

Case = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Score:
    """`figures`: name -> share of 1; `wrong`: one line for each case that is not right."""

    cases: int
    figures: dict[str, float]
    wrong: list[str] = field(default_factory=list)


def dispositions(cases: Sequence[Case]) -> Score:
    """Right: the best tag or an acceptable one. The quote must stand in the transcript; where the callee never spoke there is none."""
    right = best = quoted = spoke = 0
    wrong = []
    for n, case in enumerate(cases, 1):
        lines = [Spoken(line["user"], line["text"], seq) for seq, line in enumerate(case["transcript"], 1)]
        choice = choose(lines, case["tags"], encoder())
        good = choice.tag == case["best"] or choice.tag in case.get("acceptable", ())
        right += good
        best += choice.tag == case["best"]
        if any(line.speaker != "assistant" for line in lines):
            spoke += 1
            exists = bool(choice.quote) and any(choice.quote in line.text for line in lines)
            quoted += exists
            good = good and exists
        if not good:
            wrong.append(f"{n}: {choice.tag}, not {case['best']} ({choice.reason} “{choice.quote}”)")
    total = max(1, len(cases))
    return Score(len(cases), {"right": right / total, "best": best / total, "quote exists": quoted / max(1, spoke)}, wrong)


KINDS: dict[str, Callable[[Sequence[Case]], Score]] = {"dispositions": dispositions}
