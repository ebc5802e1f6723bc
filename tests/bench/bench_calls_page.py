"""The Calls page with 100,000 calls: queries and server time, beside the same page with 1,000."""

import statistics
import time
from datetime import timedelta

from tests.bench.harness import installation, percentile, report

SMALL, LARGE, REPEATS = 1_000, 100_000, 30


def fill(account, upto: int) -> None:
    from django.utils.timezone import now

    from calls.models import Call
    from calls.states import State

    have = Call.objects.count()
    start = now()
    batch = [
        Call(
            account=account,
            to_number=f"+1720{2000000 + n}",
            created_at=start - timedelta(minutes=n),
            state=State.COMPLETE,
            status=("completed", "busy", "no-answer", "failed")[n % 4],
            answered_by="human",
            disposition_tag=("COMPLETED_ACTION", "BUSY", "NO_ANSWER", "FAILED")[n % 4],
            disposition_quote="Yes, that works for me.",
            started_at=start - timedelta(minutes=n),
            ended_at=start - timedelta(minutes=n),
            outcome_at=start,
            duration_ms=60_000,
            config={"task": "Confirm the appointment on Tuesday at 3pm."},
        )
        for n in range(have, upto)
    ]
    Call.objects.bulk_create(batch, batch_size=2000)


def measure(client, path: str) -> tuple[float, float, int]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    count = len(queries)  # now: the next request empties the list
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        client.get(path)
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times), percentile(times, 0.95), count


def main() -> None:
    with installation() as place:
        place.django()
        from django.test import Client

        from tests import factories

        account = factories.account()
        client = Client()
        client.force_login(factories.member(account, "viewer").user)
        figures = {}
        for size in (SMALL, LARGE):
            fill(account, size)
            for name, path in (("list", "/calls/"), ("busy", "/calls/?state=busy"), ("number", "/calls/?q=7202000500")):
                figures[f"{name}_{size}"] = measure(client, path)
        report(
            "calls_page",
            **{f"{k}_p95_ms": v[1] for k, v in figures.items()},
            **{f"{k}_queries": v[2] for k, v in figures.items()},
            ratio_large_small=figures[f"list_{LARGE}"][0] / figures[f"list_{SMALL}"][0],
            goal_p95_ms=100,
        )


if __name__ == "__main__":
    main()
