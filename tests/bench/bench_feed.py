"""Committed event to visible in every one of 200 open sockets of one call: time from commit to the last and the typical client."""

import asyncio
import json
import statistics
import time

from tests.bench.harness import installation, percentile, report

SOCKETS, EVENTS = 200, 30


async def measure(place, call, cookie: str) -> dict[str, float]:
    import websockets
    from asgiref.sync import sync_to_async

    from calls import lifecycle

    arrived: dict[int, list[float]] = {}
    ready = asyncio.Semaphore(0)

    async def client() -> None:
        url = f"ws://127.0.0.1:{place.port}/ws/calls/{call.uid}?after={call.last_seq}"
        async with websockets.connect(
            url, compression=None, open_timeout=30, additional_headers={"cookie": cookie, "origin": place.url}
        ) as socket:
            ready.release()
            async for raw in socket:
                seq = json.loads(raw).get("seq")
                if seq is not None:
                    arrived.setdefault(seq, []).append(time.perf_counter())

    tasks = [asyncio.create_task(client()) for _ in range(SOCKETS)]
    for _ in range(SOCKETS):
        await ready.acquire()
    await asyncio.sleep(1)
    committed: dict[int, float] = {}
    for n in range(EVENTS):
        seq = await sync_to_async(lifecycle.say)(call.pk, "assistant", f"Line {n} of the benchmark.", n * 1000, n * 1000 + 900)
        committed[seq] = time.perf_counter()
        await asyncio.sleep(0.3)
    await asyncio.sleep(2)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    every = [1000 * (t - committed[s]) for s in committed for t in arrived.get(s, [])]
    last = [1000 * (max(arrived[s]) - committed[s]) for s in committed if len(arrived.get(s, [])) == SOCKETS]
    return {
        "sockets": SOCKETS,
        "events": EVENTS,
        "complete_events": len(last),
        "p50_ms": statistics.median(every),
        "p95_ms": percentile(every, 0.95),
        "last_client_p95_ms": percentile(last, 0.95) if last else -1.0,
        "goal_p95_ms": 150,
    }


def main() -> None:
    with installation() as place:
        place.broker()
        place.django()
        from django.conf import settings
        from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
        from django.contrib.sessions.backends.db import SessionStore

        from calls.states import State
        from tests import factories

        account = factories.account()
        user = factories.member(account, "viewer").user
        session = SessionStore()
        session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session.save()
        call = factories.call(account, state=State.STARTED)
        place.web()
        report("feed", **asyncio.run(measure(place, call, f"{settings.SESSION_COOKIE_NAME}={session.session_key}")))


if __name__ == "__main__":
    main()
