"""How long a guard rail takes to decide: a sentence of the agent against five custom rails, what the person says against the opt-out.

Beside it, what one sentence costs the encoder: the ratio says whether the rails add more than that. Goal: 50 ms.
"""

import asyncio
import os
import time

from tests.bench.harness import percentile, report

SENTENCES = [
    "I can give you a call on {n} about the delivery of your order.",
    "Let me see whether the team has something free in week {n}.",
    "Then I will note that {n} people come along.",
    "We could take {n} percent off the price for you.",
]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from calls.agent import watching
    from calls.agent.encoder import encoder
    from calls.agent.rails.shape import watched
    from calls.agent.watch import RailWatch

    watching.warm()
    rails = [
        {
            "type": "custom",
            "name": str(n),
            "prompt": f"The agent promises thing number {n}",
            "examples": [f"I promise you {n} things.", f"You will surely get {n} of them.", "It is certain."],
            "near_misses": ["I can't promise that."],
            "actions": [{"type": "end_call", "config": {}}],
        }
        for n in range(5)
    ]
    watch = RailWatch(watched([*rails, {"type": "tcpa:opt_out", "actions": []}]), encoder=encoder())
    asyncio.run(watch.before("Good morning.", 0))  # the examples are encoded once

    ours = [timed(lambda s=s: asyncio.run(watch.before(s, 0))) for n in range(50) for s in (t.format(n=n) for t in SENTENCES)]
    theirs = [timed(lambda n=n: asyncio.run(watch.theirs(f"I called you {n} times about the number on my list.", 0, 1))) for n in range(50)]
    alone = [timed(lambda n=n: encoder().vectors([f"Just sentence {n} and nothing else at all."])) for n in range(50)]
    mine, base = percentile(ours, 0.95), percentile(alone, 0.95)
    report(
        "rails",
        ours_p50_ms=percentile(ours, 0.5),
        ours_p95_ms=mine,
        theirs_p95_ms=percentile(theirs, 0.95),
        encoder_p95_ms=base,
        ratio=mine / base,
        goal_ms=50,
    )


def timed(work) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
