"""Accepted calls per second and p95 of POST /v1/calls, beside a bare insert view of the same server in the same run."""

import http.client
import json
import threading
import time

from tests.bench.harness import installation, percentile, report

CLIENTS, SECONDS, ROUNDS = 4, 4.0, 3
TASK = "You are Anna from Acme Dental. Confirm the appointment on Tuesday at 3pm. Ask whether they have insurance."


def drive(port: int, path: str, headers: dict[str, str], start: int) -> tuple[int, list[float], int]:
    """CLIENTS connections for SECONDS: requests answered, their times in ms, and how many were not 200."""
    times: list[float] = []
    bad = 0
    lock = threading.Lock()
    deadline = time.monotonic() + SECONDS
    counter = iter(range(start, start + 1_000_000))

    def client() -> None:
        nonlocal bad
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        while time.monotonic() < deadline:
            with lock:
                n = next(counter)
            # a number of its own each time: the same one may be called only every ten seconds
            body = json.dumps({"phone_number": f"+1720{2000000 + n}", "task": TASK})
            began = time.perf_counter()
            connection.request("POST", path, body, {"content-type": "application/json", **headers})
            answer = connection.getresponse()
            answer.read()
            with lock:
                times.append(1000 * (time.perf_counter() - began))
                bad += answer.status != 200
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(times), times, bad


def main() -> None:
    with installation() as place:
        place.broker()
        place.django()
        from calls.models import CallingRules
        from config.models import ApiKey
        from tests import factories

        account = factories.account()
        CallingRules.objects.filter(account=account).update(per_hour=0, per_day=0)
        secret = ApiKey.issue(account, "bench")[1]
        place.web("tests.bench.settings")
        figures: dict[str, list[tuple[float, float]]] = {"/bare": [], "/v1/calls": []}
        bad, start = 0, 0
        drive(place.port, "/bare", {}, 0)
        for _ in range(ROUNDS):
            for path in figures:
                count, times, wrong = drive(place.port, path, {"authorization": secret}, start)
                start, bad = start + count, bad + wrong
                figures[path].append((count / SECONDS, percentile(times, 0.95)))
        bare, send = sorted(figures["/bare"])[ROUNDS // 2], sorted(figures["/v1/calls"])[ROUNDS // 2]
        report(
            "send",
            accepted_per_s=send[0],
            p95_ms=send[1],
            bare_per_s=bare[0],
            bare_p95_ms=bare[1],
            ratio_time=bare[0] / send[0],
            ratio_p95=send[1] / bare[1],
            goal_ratio=2.0,
            not_200=bad,
        )


if __name__ == "__main__":
    main()
