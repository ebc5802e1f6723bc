import pytest
from django.utils.timezone import now

from calls.models import Call
from calls.states import State
from tests import factories


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def ended(account) -> Call:
    at = now()
    return factories.call(
        account,
        carrier="sip",
        config={"task": factories.TASK, "record": True},
        state=State.COMPLETE,
        status="completed",
        started_at=at,
        ended_at=at,
        outcome_at=at,
        duration_ms=4_000,
    )
