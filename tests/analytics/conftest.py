from pathlib import Path

import pytest


@pytest.fixture
def labelled() -> Path:
    """The folder of our own labelled sets."""
    return Path(__file__).parents[1] / "labelled"
