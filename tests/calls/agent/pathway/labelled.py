"""Labelled ways on: what people say at a step, and where it should lead."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from calls.agent.encoder import encoder
from calls.agent.pathway.choosing import Choice, choose
from calls.agent.pathway.ways import Way

FOLDER = Path(__file__).parents[3] / "labelled"


@dataclass(frozen=True)
class Case:
    step: str
    ways: tuple[Way, ...]
    said: str
    wanted: str

    def choice(self) -> Choice:
        return choose(self.said, self.ways, encoder())


def cases(name: str) -> list[Case]:
    found = []
    for step in yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")):
        ways = tuple(
            Way(key, key, str(w.get("label", "")), str(w.get("description", "")), tuple(w.get("examples", ())), bool(w.get("anywhere")))
            for key, w in step["ways"].items()
        )
        found += [Case(step["step"], ways, said, wanted) for said, wanted in step["says"]]
    return found


def measured(name: str) -> tuple[int, int, int, list[tuple[Case, str]]]:
    """(right, wrong way, stayed though there was a way), and every case that was not right with what came out."""
    right = wrong = stayed = 0
    missed = []
    for case in cases(name):
        got = case.choice().way
        if (got.id if got else "") == case.wanted:
            right += 1
            continue
        missed.append((case, got.id if got else ""))
        if got is None:
            stayed += 1
        else:
            wrong += 1
    return right, wrong, stayed, missed
