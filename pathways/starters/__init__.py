"""Pathways that staff can start from: each a YAML file in this folder with name, description, graph and scenarios."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pathways.graph import load

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Starter:
    key: str  # the name of its file: stands in addresses
    name: str
    description: str
    graph: Mapping[str, Any]
    scenarios: Sequence[Mapping[str, Any]]  # fields of pathways.models.Scenario

    @property
    def steps(self) -> int:
        return len(load(self.graph).nodes)


@cache
def starters() -> Mapping[str, Starter]:
    """By key, in the order of their files' names."""
    return {path.stem: _read(path) for path in sorted(HERE.glob("*.yaml"))}


def _read(path: Path) -> Starter:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Starter(path.stem, data["name"], " ".join(data["description"].split()), data["graph"], tuple(data.get("scenarios") or ()))
