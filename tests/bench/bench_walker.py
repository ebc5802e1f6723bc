"""How long does the walker take to choose among 10 ways of 3 examples each (p95), against holding the sentence to one way alone?

Both are measured in the same run, sentence by sentence in turn, with sentences that are new to the encoder: the ratio says what the
choice itself costs beyond encoding the sentence, whatever the machine does besides.
"""

import os
import time

from tests.bench.harness import percentile, report

GOAL_MS = 40.0
ROUNDS = 200
MATTERS = (
    "my invoice", "a new appointment", "the opening hours", "a broken machine", "a delivery", "my contract", "a refund", "a password",
    "the warranty", "a complaint",
)  # fmt: skip
NAMES = ("Anna", "Bo", "Chris", "Dana", "Eli", "Fay", "Gus", "Hana", "Ivo", "Jo")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from calls.agent.encoder import encoder
    from calls.agent.pathway.choosing import choose
    from calls.agent.pathway.ways import Way

    ways = [
        Way(
            f"w{n}",
            f"s{n}",
            f"About {m}",
            f"They call because of {m}",
            (f"It is about {m}.", f"I need help with {m}.", f"I have a question on {m}."),
        )
        for n, m in enumerate(MATTERS)
    ]
    model = encoder()
    choose("Hello there, how are you today?", ways, model)  # examples are encoded once per process
    ten, one = [], []
    for n in range(ROUNDS):
        sentence = f"{NAMES[n % 10]} here, I call about {MATTERS[n % 10]} since day {n}."
        for found, offered, said in (
            (ten, ways, sentence),
            (one, ways[:1], f"In week {n} {NAMES[n % 10]} asked you for {MATTERS[n % 10]}."),
        ):
            began = time.perf_counter()
            choose(said, offered, model)
            found.append((time.perf_counter() - began) * 1000)
    p95, alone = percentile(ten, 0.95), percentile(one, 0.95)
    report(
        "walker",
        ways=10,
        examples=3,
        p95_ms=p95,
        median_ms=percentile(ten, 0.5),
        one_way_p95_ms=alone,
        ratio=p95 / alone,
        goal_ms=GOAL_MS,
        ok=p95 <= GOAL_MS,
    )


if __name__ == "__main__":
    main()
