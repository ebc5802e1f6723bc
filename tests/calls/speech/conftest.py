import pytest

from calls.speech import embedded


@pytest.fixture(scope="session")
def speech():
    """The embedded engines: `stt`, `tts`, `vad`."""
    return embedded.engines()
