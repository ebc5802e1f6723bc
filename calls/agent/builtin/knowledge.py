"""Answers to the callee's questions: a stored sentence or nothing. Similarity + shared rare words + the kind of answer asked for."""

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from calls.agent.builtin.language import patterns, table
from calls.agent.builtin.plan import Plan
from calls.agent.builtin.text import finish, stem, stems
from calls.agent.ports import Encoder

# Measured on the tasks of tests/labelled/tasks.yaml. Cosines are centred.
THRESHOLD = 0.55  # score of a fact that answers
THRESHOLD_VAGUE = 0.42  # the same, for a question without a subject ("when is it?")
STRONG = 0.46  # cosine that suffices without shared words
SHARED = 0.3  # share of the question's rare words that must be found otherwise
WORD_WEIGHT = 0.45
ALL_COMPARED = 150  # facts that are all compared by meaning (10 ms each, once per process)
MOST_COMPARED = 40  # of more facts, those that share the most words with the question

WORDS = patterns("knowledge")
TABLES = table("knowledge")
KINDS: dict[str, list[str]] = TABLES["KINDS"]
PRICE, WHY = KINDS["price"][1], KINDS["why"][1]
VAGUE = {stem(w) for w in TABLES["VAGUE"]} | {"nam", "locat", "price"}
KIND_WORDS = frozenset(TABLES["KIND_WORDS"])
GENERIC = frozenset(TABLES["GENERIC"])
EXTRA: list[list[str]] = TABLES["EXTRA"]
OTHER_SUMS = r"cancel|late fee|penalt|deposit|bundl|saves?\b"  # sums that "how much is it?" does not ask for


@dataclass(frozen=True, slots=True)
class Answer:
    kind: Literal["fact", "avoided", "unknown"]
    text: str = ""
    source: str = ""  # the best sentence, also when it was not good enough
    score: float = 0.0


class Facts:
    """The sentences an agent may answer from."""

    def __init__(self, plan: Plan, encoder: Encoder) -> None:
        self.plan, self.encoder = plan, encoder
        known = dict.fromkeys(plan.facts + plan.statements + plan.late)
        self.facts = [f for f in known if not f.lower().startswith(("do not", "never", "if "))]
        self.stems = [stems(f) for f in self.facts]
        count = Counter(w for s in self.stems for w in s)
        self.weight = {w: math.log(1 + len(self.facts) / n) for w, n in count.items()}
        lead = plan.questions[0].lead if plan.questions else ""
        self.core = stems(plan.purpose) | stems(" ".join(plan.statements)) | stems(lead)
        if len(self.facts) <= ALL_COMPARED:
            encoder.vectors(self.facts)

    def learn(self, sentence: str) -> None:
        """One more sentence to answer from: staff whispered it during the call."""
        self.facts.append(sentence)
        self.stems.append(stems(sentence))
        for word in self.stems[-1]:
            self.weight.setdefault(word, math.log(1 + len(self.facts)))

    def answer(self, question: str) -> Answer:
        """The sentence that answers, the sentence said instead of a forbidden answer, or nothing."""
        asks = r"(.*), (?:but |and |so )?((?:what|when|where|who|why|how|which|do|does|is|are|can|could|will)\b.*\?)$"
        if m := re.match(asks, question, re.I):
            question = m[2]
        ranked = self.rank(question)
        score, share, fact = ranked[0] if ranked else (0.0, 0.0, "")
        topic, vague = stems(question) - KIND_WORDS, stems(question) <= VAGUE
        if topic and fact and not topic & stems(fact) and share > 0:
            share, score = 0.0, score - WORD_WEIGHT * share  # only "cost" or "due" is shared, not the thing
        sure = score >= (THRESHOLD_VAGUE if vague else THRESHOLD) and (vague or share >= SHARED or score - WORD_WEIGHT * share >= STRONG)
        reply, hard = self.avoided(question)
        if reply is not None and (hard or not (sure and share > 0.6 and fact != reply)):
            return Answer("avoided", reply, score=score)
        if sure:
            return Answer("fact", re.sub(r"^I am calling", "I'm calling", finish(fact)), fact, score)
        return Answer("unknown", "", fact, score)

    def avoided(self, question: str) -> tuple[str | None, bool]:
        """(what to say instead, whether the topic's own words were met); (None, False) when nothing is forbidden."""
        asked = stems(question)
        for topic, reply in self.plan.avoid:
            words = stems(topic) - GENERIC
            hit = bool(words) and len(words & asked) / len(words) >= 0.6
            if hit or any(re.search(t, topic) and re.search(pattern, question, re.I) for t, pattern in EXTRA):
                return reply, hit
        return None, False

    def rank(self, question: str) -> list[tuple[float, float, str]]:
        """(score, share of the question's content words found, fact), best first."""
        if not self.facts:
            return []
        asked = stems(question)
        compared = self._compared(asked)
        cosine = self.encoder.similar(question, [self.facts[i] for i in compared])
        wanted = next((answers for asks, answers in KINDS.values() if re.search(asks, question, re.I)), "")
        rows = [self._score(i, question, asked, wanted, float(cosine[n])) for n, i in enumerate(compared)]
        return sorted(rows, reverse=True)

    def _compared(self, asked: set[str]) -> list[int]:
        """Which facts are worth comparing by meaning: in a large knowledge text only those that share the question's rarest words."""
        if len(self.facts) <= ALL_COMPARED:
            return list(range(len(self.facts)))
        shared = [(sum(self.weight[w] for w in asked & s), -i) for i, s in enumerate(self.stems)]
        return [-i for weight, i in sorted(shared, reverse=True)[:MOST_COMPARED] if weight > 0]

    def _score(self, index: int, question: str, asked: set[str], wanted: str, cosine: float) -> tuple[float, float, str]:
        fact, vague = self.facts[index], asked <= VAGUE
        total = sum(self.weight.get(w, 1.2) for w in asked)
        fits = bool(wanted) and bool(re.search(wanted, fact, re.I))
        money = re.search(WORDS["MONEY"], fact)
        if vague and wanted == PRICE and (not money or re.search(OTHER_SUMS, fact, re.I)):
            fits, total = False, total * 4  # "how much is it" must not fetch a cancellation fee or a saving
        share = sum(self.weight[w] for w in asked & self.stems[index]) / total if total else 0.0
        score = cosine + WORD_WEIGHT * share
        if fits:
            score += 0.2 if wanted == WHY else 0.12
        elif wanted:
            score -= 0.3
        if fits and vague and (money or wanted != PRICE) and self._central(index, question):
            score += 0.3 + (0.1 if re.search(r"\bwas\b", question) and re.search(r"\bwas\b", fact) else 0)
        return score, share, fact

    def _central(self, index: int, question: str) -> bool:
        """May a question without a subject ("when is it again?") fetch this fact? Only if the fact is about the call's own matter."""
        fact = self.facts[index]
        if re.search(r"\bhow (?:much|many)\b|\bcost|\bname\b|\bhours\b", question, re.I):
            return not re.search(r"\bhow many\b", question, re.I)
        if re.search(r"\bhow (?:long|soon)\b", question, re.I):
            return bool(re.search(WORDS["HOW_LONG"], fact))
        if re.search(r"\bwhere\b", question, re.I):
            return bool(re.search(WORDS["PLACE"], fact))
        return bool(self.stems[index] & self.core)
