"""The editor of a pathway with 150 steps: server time and queries of its page and of a save, beside a bare view of the same run."""

import json
import statistics
import time

from tests.bench.harness import installation, percentile, report

STEPS, REPEATS = 150, 30


def graph(steps: int) -> dict:
    """Every fourth step branches, every seventh leads far on."""
    nodes = [
        {
            "id": str(n),
            "type": "End Call" if n == steps - 1 else "Default",
            "position": {"x": n % 6 * 224, "y": n // 6 * 144},
            "data": {"name": f"Step {n}", "prompt": f"Say what belongs to step {n}, in two sentences.", "isStart": n == 0},
        }
        for n in range(steps)
    ]
    pairs = [(n, n + 1) for n in range(steps - 1)] + [(n, min(steps - 1, n + 3)) for n in range(0, steps, 4)]
    pairs += [(n, n + 9) for n in range(0, steps - 9, 7)]
    data = [{"label": f"way {n}", "description": f"They say {n}", "examples": ["yes", "sure", "fine"]} for n in range(len(pairs))]
    return {
        "nodes": nodes,
        "edges": [{"id": f"w{n}", "source": str(a), "target": str(b), "data": data[n]} for n, (a, b) in enumerate(pairs)],
    }


def timed(ask) -> tuple[float, float]:
    ask()
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        ask()
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times), percentile(times, 0.95)


def queries(ask) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as found:
        ask()
    return len(found)


def main() -> None:
    with installation() as place:
        place.django()
        from django.test import Client

        from pathways import making
        from tests import factories

        account = factories.account()
        client = Client()
        client.force_login(factories.member(account, "editor").user)
        small, large = (making.create(account, f"{n} steps", graph=graph(n)) for n in (STEPS // 10, STEPS))
        revision = [large.revision]

        def page(version, **chosen: str) -> None:
            assert client.get(f"/pathways/{version.pathway.uid}", {"step": "1", **chosen}).status_code == 200

        def save() -> None:
            change = {"op": "update", "step": "7", "data": {"prompt": f"Words {revision[0]}"}}
            body = {"version": large.number, "expected_revision": revision[0], "operations": [change], "chosen": {"step": "7"}}
            answer = client.post(f"/pathways/{large.pathway.uid}/operations", json.dumps(body), content_type="application/json")
            assert answer.status_code == 200
            revision[0] = answer.json()["revision"]

        bare, _ = timed(lambda: client.get("/healthz"))
        median, p95 = timed(lambda: page(large))
        save_median, save_p95 = timed(save)
        report(
            "editor",
            steps=STEPS,
            ways=len(graph(STEPS)["edges"]),
            page_ms=median,
            page_p95_ms=p95,
            save_ms=save_median,
            save_p95_ms=save_p95,
            bare_ms=bare,
            queries=queries(lambda: page(large)),
            queries_small=queries(lambda: page(small)),
            save_queries=queries(save),
            goal_page_p95_ms=300,
        )


if __name__ == "__main__":
    main()
