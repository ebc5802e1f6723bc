"""Questions to many calls: rows first, then the worker goes from call to call.

One worker at a time holds a run, by a lease that it renews with every call. A call's answers and the count are written in one transaction,
so a worker that dies leaves nothing half done: the sweep goes on with the first call that has no answers.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.timezone import now

from analytics.models import QuestionItem, QuestionRun
from analytics.questions import answering
from analytics.questions.reading import Question, read
from calls.models import Call
from config.models import Account, User

log = logging.getLogger(__name__)

MOST_CALLS = 500
LEASE = timedelta(seconds=180)  # longer than a model may take for one call
SLICE = 40  # calls of one task, so that other work has its turn
CANNOT = "The answers could not be read; the log says why."


def begin(account: Account, by: User | None, questions: Sequence[Question], calls: Sequence[Call], goal: str = "") -> QuestionRun:
    """Writes a run down, for the first MOST_CALLS of `calls`. Without calls it is over at once."""
    chosen = calls[:MOST_CALLS]
    with transaction.atomic():
        run = QuestionRun.objects.create(
            account=account,
            created_by=by,
            goal=goal,
            questions=[[q.text, q.type] for q in questions],
            total=len(chosen),
            **({} if chosen else {"state": QuestionRun.DONE, "ended_at": now()}),
        )
        QuestionItem.objects.bulk_create([QuestionItem(run=run, call=call) for call in chosen])
    return run


def stop(run: QuestionRun) -> bool:
    """Ends a run before it is through, keeping what was answered; False when it was over already."""
    return bool(QuestionRun.objects.filter(pk=run.pk, state=QuestionRun.RUNNING).update(state=QuestionRun.STOPPED, ended_at=now()))


def work(run_id: int) -> bool:
    """Answers for some of the calls. True: there is more to do. Does nothing while another worker is at it."""
    run = _take(run_id)
    if run is None or run.lease_until is None:
        return False
    questions, lease = read(run.questions), run.lease_until
    for item in _waiting(run).select_related("call")[:SLICE]:
        held = _answer(run, item, questions, lease)
        if held is None:  # stopped, or too slow and taken by another
            return False
        lease = held
    more = _waiting(run).exists()
    over = {} if more else {"state": QuestionRun.DONE, "ended_at": now()}
    return bool(_held(run, lease).update(lease_until=None, **over)) and more


def nudge(run_id: int) -> None:
    """A hint to the workers, once the transaction is through. Where the broker cannot be reached, the sweep finds the run."""

    def hint() -> None:
        try:
            current_app.send_task("analytics.tasks.answer_questions", (run_id,), retry=False)
        except Exception:
            log.warning("the questions of run %s were not queued; the sweep will find them", run_id, exc_info=True)

    transaction.on_commit(hint)


def left() -> list[int]:
    """Runs that nobody is at, the oldest first."""
    return list(_free().order_by("created_at").values_list("pk", flat=True)[:20])


def _free() -> QuerySet[QuestionRun]:
    return QuestionRun.objects.filter(Q(lease_until=None) | Q(lease_until__lt=now()), state=QuestionRun.RUNNING)


def _take(run_id: int) -> QuestionRun | None:
    taken = _free().filter(pk=run_id).update(lease_until=now() + LEASE)
    return QuestionRun.objects.get(pk=run_id) if taken else None


def _held(run: QuestionRun, lease: datetime) -> QuerySet[QuestionRun]:
    return QuestionRun.objects.filter(pk=run.pk, state=QuestionRun.RUNNING, lease_until=lease)


def _waiting(run: QuestionRun) -> QuerySet[QuestionItem]:
    return QuestionItem.objects.filter(run=run, state=QuestionItem.WAITING).order_by("pk")


def _answer(run: QuestionRun, item: QuestionItem, questions: Sequence[Question], lease: datetime) -> datetime | None:
    """Reads one call's answers and writes them down with the count; the renewed lease, None when it was lost."""
    answers: list[dict[str, Any]] = []
    state, trouble = QuestionItem.DONE, ""
    try:
        answers = [answer.to_json() for answer in answering.answers(item.call, questions, run.goal)]
    except Exception:
        log.exception("questions about call %s could not be answered", item.call.uid)
        state, trouble = QuestionItem.FAILED, CANNOT
    renewed = now() + LEASE
    counted = {"done": F("done") + 1} if state == QuestionItem.DONE else {"failed": F("failed") + 1}
    with transaction.atomic():
        if not _held(run, lease).update(lease_until=renewed, **counted):
            return None
        QuestionItem.objects.filter(pk=item.pk).update(state=state, answers=answers, trouble=trouble)
    return renewed
