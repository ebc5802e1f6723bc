"""What speech costs: voice activity for one window, recognition of a word against a sentence, and the time to the first sound.

Compared in the same run: "Yes." against a sentence of over 4 s (the recogniser must not cost the same for both), and the first sound of a
long answer against all of it. Processor time where it is the same work; wall time where somebody waits.
"""

import asyncio
import time

from tests.bench.harness import percentile, report

WORD = "Yes."
SENTENCE = "Can I reschedule to next Thursday at half past three in the afternoon, or is Friday better?"
ANSWER = (
    "Let me see. Thursday at half past three is free. I can note it for you right away. Shall I do that, or is there another day you like?"
)
ROUNDS = 20
VAD_GOAL_US, FIRST_GOAL_MS = 300.0, 150.0


def main() -> None:
    from calls.speech import embedded
    from calls.speech.ports import WINDOW_BYTES

    began = time.perf_counter()
    tested = embedded.warm()
    load_ms = (time.perf_counter() - began) * 1000
    engines = embedded.engines()
    word, sentence = (asyncio.run(said(engines, text)) for text in (WORD, SENTENCE))

    short, long, whole, first = [], [], [], []
    for _ in range(ROUNDS):
        short.append(cost(lambda: engines.stt.hear(word)))
        long.append(cost(lambda: engines.stt.hear(sentence)))
        first_ms, all_ms = asyncio.run(answer(engines))
        first.append(first_ms)
        whole.append(all_ms)

    ear = engines.vad()
    windows = [sentence[at : at + WINDOW_BYTES] for at in range(0, len(sentence) - WINDOW_BYTES, WINDOW_BYTES)]
    vad_us = min(cost(lambda: [ear.probability(window) for window in windows]) for _ in range(ROUNDS)) / len(windows) * 1000
    report(
        "speech",
        ok=tested.ok and vad_us <= VAD_GOAL_US and percentile(first, 0.5) <= FIRST_GOAL_MS,
        load_ms=load_ms,
        vad_us_per_window=vad_us,
        stt_word_s=len(word) / 16_000,
        stt_word_cpu_ms=percentile(short, 0.5),
        stt_sentence_s=len(sentence) / 16_000,
        stt_sentence_cpu_ms=percentile(long, 0.5),
        stt_ratio=percentile(long, 0.5) / percentile(short, 0.5),
        tts_first_ms=percentile(first, 0.5),
        tts_first_p95_ms=percentile(first, 0.95),
        tts_whole_ms=percentile(whole, 0.5),
        tts_ratio=percentile(whole, 0.5) / percentile(first, 0.5),
        goal_vad_us=VAD_GOAL_US,
        goal_first_ms=FIRST_GOAL_MS,
    )


async def said(engines, text: str) -> bytes:
    return b"".join([piece async for piece in engines.tts.speak(text, voice="June", language="en")])


async def answer(engines) -> tuple[float, float]:
    """ms to the first piece, and to the last."""
    began, first = time.perf_counter(), 0.0
    async for _ in engines.tts.speak(ANSWER, voice="Josh", language="en"):
        first = first or (time.perf_counter() - began) * 1000
    return first, (time.perf_counter() - began) * 1000


def cost(work) -> float:
    """ms of processor."""
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000


if __name__ == "__main__":
    main()
