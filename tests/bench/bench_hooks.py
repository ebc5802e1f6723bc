"""Messages to a receiver that fails for a minute (500s and hanging in turn) while the worker is killed -9 in the middle of sending.

How many are lost, and how long after the receiver is back has everything arrived? And how many a second does a good receiver get?
`python -m tests.bench.bench_hooks [SECONDS of outage] [CALLS]`
"""

import itertools
import sys
import time

from tests.bench.harness import installation, report

SECONDS, CALLS, EVENTS = 60, 300, 4
GOOD_CALLS = 400


def main(seconds: float = SECONDS, calls: int = CALLS) -> None:
    with installation(ALLOW_HTTP_WEBHOOKS="true") as place:
        place.broker()
        place.django()
        from django.utils.timezone import now
        from standardwebhooks import Webhook

        from calls import hooks, lifecycle
        from calls.hooks import signing
        from calls.lifecycle import Event
        from calls.models import Delivery
        from calls.states import State
        from tests import factories
        from tests.calls.hooks import kit, workers
        from tests.doubles.receiver import HANG, Receiver

        account = factories.account()
        secret = signing.new_secret(account, None)

        def make(count: int, url: str, pause: float = 0.0) -> None:
            rows = [kit.call(account, url=url, state=State.COMPLETE, ended_at=now()) for _ in range(count)]
            for number in range(EVENTS):
                for call in rows:
                    lifecycle.record(call.pk, Event("call", f"Event {number} of the call"))
                time.sleep(pause)
            for call in rows:
                hooks.record(call.pk)

        def left() -> int:
            return Delivery.objects.exclude(state=Delivery.DELIVERED).count()

        turn = itertools.count()
        with Receiver() as good, Receiver(lambda _: HANG if next(turn) % 2 else 500) as bad:
            worker = workers.start(place.environment)
            make(1, good.url)
            place.until(lambda: not left(), 60)  # it is up
            make(GOOD_CALLS, good.url)
            place.until(lambda: not left(), 300)
            times = [got.at for got in good.taken[EVENTS + 1 :]]
            rate = len(times) / (max(times) - min(times))

            began = time.monotonic()
            make(calls, bad.url, pause=seconds / 2 / EVENTS)
            time.sleep(max(0.0, began + seconds / 2 - time.monotonic()))
            hanging = Delivery.objects.filter(lease_until__gt=now()).count()
            workers.kill(worker)
            worker = workers.start(place.environment)
            time.sleep(max(0.0, began + seconds - time.monotonic()))
            bad.answer, back = 200, time.monotonic()
            place.until(lambda: not left(), 600)
            workers.kill(worker)
        messages = list(Delivery.objects.filter(url=bad.url).order_by("pk"))
        firsts: dict[str, float] = {}
        for got in bad.taken:
            firsts.setdefault(got.id, got.at)
            Webhook(secret).verify(got.body, {**got.headers})
        lanes: dict[int, list[str]] = {}
        for row in messages:
            lanes.setdefault(row.call_id, []).append(f"msg_{row.uid.hex}")
        came: dict[int, list[str]] = {lane: [] for lane in lanes}
        of = {name: lane for lane, names in lanes.items() for name in names}
        for got in bad.got:
            came[of[got.id]].append(got.id)
        report(
            "hooks",
            outage_s=seconds,
            calls=calls,
            messages=len(messages),
            lost=len(messages) - len(firsts),
            out_of_order=sum(not workers.in_order(came[lane], names) for lane, names in lanes.items()),
            killed_while_sending=hanging,
            repeated=len(bad.taken) - len(firsts),
            failed_tries=len(bad.got) - len(bad.taken),
            max_delay_after_recovery_s=max(firsts.values()) - back,
            good_deliveries_per_s=rate,
        )


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]), *map(int, sys.argv[2:3]))
