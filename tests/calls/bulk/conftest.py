import pytest

from calls.bulk import jobs, work
from calls.filters import Filters
from calls.models import Call, CallJob
from tests import factories


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def boss(member):
    return member("admin").user


@pytest.fixture
def begun(account, boss):
    """begun("tag", tag="vip", calls=[...]) -> the row of work that waits; without calls: on all that fit `filters`."""
    from uuid import uuid4

    from django.utils.timezone import now

    def begin(deed: str, *, calls: list[Call] | None = None, filters: Filters | None = None, **given) -> CallJob:
        at = now()
        uids = None if calls is None else [call.uid for call in calls]
        chosen = jobs.matching(account, filters or Filters(), at) if uids is None else jobs.ticked(account, uids, at)
        return jobs.begin(chosen, boss, deed, uid=uuid4(), given=given)

    return begin


@pytest.fixture
def done(begun):
    """As `begun`, and worked on until it is over."""

    def run(deed: str, **given) -> CallJob:
        job = begun(deed, **given)
        while work.run(job.pk):
            pass
        job.refresh_from_db()
        return job

    return run


@pytest.fixture
def over(account):
    """over(5, status="busy") -> calls that are over, oldest first."""

    def make(count: int, **fields) -> list[Call]:
        from datetime import timedelta

        from django.utils.timezone import now

        at = now() - timedelta(hours=1)
        fields = {"state": "complete", "status": "completed", "outcome_at": at, "ended_at": at, **fields}
        return [
            factories.call(
                account,
                to_number=f"+1720555{1000 + n}",
                created_at=at + timedelta(seconds=n),
                request={"phone_number": f"+1720555{1000 + n}", "task": factories.TASK, "start_time": "2020-01-01 09:00:00 -07:00"},
                **fields,
            )
            for n in range(count)
        ]

    return make
