"""300 simulated calls live in one runner at real-time speed: how late is a line written after it was said (p95)?

A line is said when the call's clock shows its `end_ms`; it is written at CallEvent.at. The clock starts at Call.started_at.
"""

import sys
import time

from tests.bench.harness import installation, percentile, report

CALLS, SECONDS = 300, 75  # seconds after the first call was answered
TASK = (
    "You are Anna from Acme Dental. Confirm the appointment on Tuesday at 3pm. Ask whether they have insurance. Ask for their email. "
    "Ask for their date of birth. Ask how many people will come. Ask whether they need parking."
)


def main() -> None:
    with installation(SIM_SPEED="1") as place:
        place.broker()
        place.django()
        from django.utils.timezone import now

        from calls.models import Call, Utterance
        from calls.states import ENDED, State
        from tests import factories

        account = factories.account()
        began = now()
        Call.objects.bulk_create(
            Call(
                account=account, to_number=f"+1720{2000000 + n}", state=State.QUEUED, config={"task": TASK, "max_duration": 30}, last_seq=0
            )
            for n in range(CALLS)
        )
        runner = place.start(sys.executable, "manage.py", "runcalls")
        place.until(lambda: Call.objects.filter(state=State.STARTED).exists(), 120)
        peak, deadline = 0, time.monotonic() + SECONDS
        while time.monotonic() < deadline and runner.poll() is None:
            live = Call.objects.filter(state=State.STARTED).count()
            peak = max(peak, live)
            if not Call.objects.exclude(state__in=ENDED).exists():
                break
            time.sleep(1)
        lags = [
            1000 * (at - started).total_seconds() - end_ms
            for at, started, end_ms in Utterance.objects.filter(at__gte=began, call__started_at__isnull=False).values_list(
                "at", "call__started_at", "end_ms"
            )
        ]
        report(
            "runner",
            calls=CALLS,
            peak_live=peak,
            lines=len(lags),
            lag_p50_ms=percentile(lags, 0.5) if lags else -1.0,
            lag_p95_ms=percentile(lags, 0.95) if lags else -1.0,
            goal_p95_ms=250,
            lost=Call.objects.filter(status="unknown").count(),
            ended=Call.objects.filter(state__in=ENDED).count(),
        )


if __name__ == "__main__":
    main()
