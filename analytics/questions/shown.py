"""Finished objects for the pages of questions. The number of queries does not grow with the calls."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils import timezone

from analytics.models import QuestionItem, QuestionRun
from calls.models import Call
from config.models import Account

LATEST = 20
ON_PAGE = 25
STATE_WORDS = {QuestionRun.RUNNING: "Reading", QuestionRun.DONE: "Finished", QuestionRun.STOPPED: "Stopped"}


@dataclass(frozen=True, slots=True)
class Quote:
    seq: int
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    question: str
    value: str  # "": the call does not say
    quotes: tuple[Quote, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Answered:
    """One call of a run. Without `answers` it waits, or `trouble` says why there are none."""

    uid: UUID
    name: str
    number: str
    at: datetime
    answers: tuple[Answer, ...]
    trouble: str


@dataclass(frozen=True, slots=True)
class Run:
    uid: UUID
    title: str
    questions: tuple[str, ...]
    by: str
    at: datetime
    state: str  # in words
    running: bool
    total: int
    done: int
    failed: int

    @property
    def handled(self) -> int:
        return self.done + self.failed

    @property
    def percent(self) -> int:
        return round(100 * self.handled / self.total) if self.total else 100


def run(row: QuestionRun) -> Run:
    """Needs `created_by` selected."""
    questions = tuple(text for text, _ in row.questions)
    more = f" and {len(questions) - 1} more" if len(questions) > 1 else ""
    return Run(
        uid=row.uid,
        title=f"{questions[0]}{more}",
        questions=questions,
        by=str(row.created_by or "a program"),
        at=row.created_at,
        state=STATE_WORDS[row.state],
        running=row.state == QuestionRun.RUNNING,
        total=row.total,
        done=row.done,
        failed=row.failed,
    )


def latest(account: Account) -> list[Run]:
    rows = QuestionRun.objects.filter(account=account).select_related("created_by").order_by("-created_at", "-pk")
    return [run(row) for row in rows[:LATEST]]


def answered(row: QuestionRun, number: str) -> "Page[QuestionItem]":
    """One page of the calls of a run; `calls_of` makes them readable."""
    return Paginator(_items(row), ON_PAGE).get_page(number)


def calls_of(row: QuestionRun, items: "Page[QuestionItem]") -> list[Answered]:
    return [_answered(row, item) for item in items]


def csv_rows(row: QuestionRun) -> Iterator[list[Any]]:
    """A line of titles, then one for each call: each answer with its words beside it."""
    titles = [title for text, _ in row.questions for title in (text, f"{text} (words)")]
    yield ["call_id", "created_at", "name", "number", *titles]
    for item in _items(row).iterator(chunk_size=200):
        call: Call = item.call
        found = item.answers or [{} for _ in row.questions]
        cells = [cell for each in found for cell in (value_shown(each.get("value")), _words(each))]
        yield [str(call.uid), timezone.localtime(call.created_at).isoformat(timespec="seconds"), call.callee_name, call.to_number, *cells]


def value_shown(value: Any) -> str:
    """An answer as people read it; "" when the call does not say."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _items(row: QuestionRun) -> QuerySet[QuestionItem]:
    wanted = ("uid", "callee_name", "to_number", "created_at")
    return (
        QuestionItem.objects.filter(run=row)
        .select_related("call")
        .only("run", "answers", "state", "trouble", *(f"call__{name}" for name in wanted))
        .order_by("pk")
    )


def _answered(row: QuestionRun, item: QuestionItem) -> Answered:
    found = zip(row.questions, item.answers, strict=False)
    return Answered(
        uid=item.call.uid,
        name=item.call.callee_name,
        number=item.call.to_number,
        at=item.call.created_at,
        answers=tuple(_answer(text, each) for (text, _), each in found),
        trouble=item.trouble,
    )


def _answer(question: str, found: dict[str, Any]) -> Answer:
    quotes = tuple(Quote(int(q["seq"]), str(q["text"])) for q in found.get("quotes", ()))
    return Answer(question, value_shown(found.get("value")), quotes, str(found.get("why", "")))


def _words(found: dict[str, Any]) -> str:
    return " … ".join(str(quote["text"]) for quote in found.get("quotes", ()))
