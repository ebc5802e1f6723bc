"""The built-in agent goes on with a call that somebody else began: what was asked and answered is not asked again."""

import re
from collections.abc import Sequence

from calls.agent.builtin.answers import reading
from calls.agent.builtin.policy import DISCLOSED
from calls.agent.builtin.talk import Conversation, wait_for
from calls.agent.builtin.text import sentences, stems
from calls.agent.ports import Line

SAME_QUESTION = 0.6  # cosine of two questions that ask the same


def catch_up(c: Conversation, transcript: Sequence[Line]) -> None:
    """Brings a new conversation to where the transcript stands. Without lines it stays at its beginning."""
    if not transcript:
        return
    ours = [line.text for line in transcript if line.speaker == "assistant"]
    c.opened = bool(ours)
    need, told = stems(c.plan.purpose), {w for text in ours for w in stems(text)}
    c.purposed = bool(ours) and len(need & told) * 2 >= len(need)
    c.introduced = any(re.search(DISCLOSED, text, re.I) for text in ours)
    asked: int | None = None
    for line in transcript:
        if line.speaker == "assistant":
            found = [i for s in sentences(line.text) if s.endswith("?") and (i := _which(c, s)) is not None]
            asked = found[-1] if found else asked
        else:
            c.heard.append(line.text)
            if asked is not None and (result := reading(c.questions[asked], line.text)).status == "answered":
                c.answers[asked] = result
                c.happened.add("question")
                asked = None
    if asked is not None and asked not in c.answers:
        wait_for(c, "question", c.questions[asked].text, asked)
    c.last = ours[-1] if ours else ""


def _which(c: Conversation, question: str) -> int | None:
    """The question of the task that these words ask."""
    open_ = [i for i, q in enumerate(c.questions) if q.slot != "say"]
    if not open_:
        return None
    scores = [float(x) for x in c.encoder.similar(question, [c.questions[i].text for i in open_])]
    best = max(range(len(open_)), key=lambda n: scores[n])
    need = stems(c.questions[open_[best]].text)
    shared = len(need & stems(question)) / len(need) if need else 0.0
    return open_[best] if scores[best] >= SAME_QUESTION or (scores[best] >= 0.4 and shared >= 0.6) else None
