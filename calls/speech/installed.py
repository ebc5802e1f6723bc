"""What of the packages for speech is on this machine. Their Python is not imported where only a file inside is used."""

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from calls.speech.ports import Missing

REMEDY = "Text calls still work."


class Argument(Protocol):
    """An input or output of a model."""

    name: str


class Session(Protocol):
    """An onnxruntime session, which has no types of its own. `run` may be called from several threads."""

    def run(self, outputs: None, inputs: Mapping[str, Any]) -> list[Any]: ...
    def get_inputs(self) -> list[Argument]: ...
    def get_outputs(self) -> list[Argument]: ...


def file_of(package: str, path: str, what: str) -> Path:
    """A file inside an installed package, found without importing it. Raises Missing with `what` in words."""
    found = importlib.util.find_spec(package)
    for folder in (found.submodule_search_locations or ()) if found else ():
        if (file := Path(folder) / path).is_file():
            return file
    lacks = f"without {path}" if found else "not installed"
    raise Missing(f"{what} is {lacks} on this machine: there is no package for it here, or setup was cut short. {REMEDY}")


def session(file: Path, what: str) -> Session:
    """One thread: with two, onnxruntime spends 2 to 4 times the processor on waiting. Raises Missing."""
    try:
        import onnxruntime
    except ImportError as error:
        raise Missing(f"onnxruntime, which runs the speech models, cannot be loaded on this machine ({error}). {REMEDY}") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        made: Session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises classes of its own for a damaged or too old file
        version = onnxruntime.__version__
        raise Missing(f"{what}: onnxruntime {version} cannot read {file.name} ({type(error).__name__}). {REMEDY}") from error
    return made
