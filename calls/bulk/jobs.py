"""The rows of work on many calls: begun by a person, taken by a worker, moved on call by call, done, stopped or failed.

Whoever works holds a lease and moves the cursor by compare-and-set in the transaction that does the deed. So a worker that was killed
leaves the row at the last call that was done, the sweep hands it to another, and no call is done twice.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from calls import criteria, filters, queries
from calls.access import visible_calls
from calls.filters import Cursor, Filters
from calls.models import Call, CallJob
from config.kit import audit
from config.models import Account, User

EXPORT, SEND_AGAIN, TAG, UNTAG, DELETE = "export", "send_again", "tag", "untag", "delete"
DEEDS = (EXPORT, SEND_AGAIN, TAG, UNTAG, DELETE)
OPEN = (CallJob.WAITING, CallJob.RUNNING)
LEASE = timedelta(seconds=30)  # a page takes less than a second
KEPT = timedelta(days=7)  # a file
MOST_TICKED = 1000
MOST_REASONS = 30  # different ones that are told
OTHER = "Other reasons"
AUDITED = {EXPORT: "calls.exported", SEND_AGAIN: "calls.sent_again", DELETE: "calls.deleted"}


class Lost(Exception):
    """Somebody else works on it now, or it was stopped: nothing more may be done here."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which calls: those ticked, or all that fit the filters and were there at `until`."""

    account: Account
    until: datetime
    filters: Filters = field(default_factory=Filters)
    window: tuple[datetime | None, datetime | None] = (None, None)
    ticked: tuple[int, ...] | None = None  # ids of calls

    def calls(self) -> QuerySet[Call]:
        if self.ticked is not None:
            return visible_calls(self.account).filter(pk__in=self.ticked)
        return queries.filtered(self.account, self.filters, self.window, timezone.now()).filter(created_at__lte=self.until)


def ticked(account: Account, uids: Collection[UUID], until: datetime) -> Selection:
    pks = visible_calls(account).filter(uid__in=list(uids)[:MOST_TICKED]).order_by("pk").values_list("pk", flat=True)
    return Selection(account, until, ticked=tuple(pks))


def matching(account: Account, asked: Filters, until: datetime) -> Selection:
    """Days are those of the reader now: work that goes on after midnight keeps to the same calls."""
    since, before = asked.window(timezone.localdate(), timezone.get_current_timezone())
    if any(criteria.BY_NAME[name].slow for name, _ in asked.given):
        quick = asked.without(*(name for name, _ in asked.given if criteria.BY_NAME[name].slow))
        calls = queries.filtered(account, quick, (since, before), timezone.now()).filter(created_at__lte=until)
        since = criteria.reach(calls) or since
    return Selection(account, until, asked, (since, before))


def begin(chosen: Selection, user: User, deed: str, *, uid: UUID, given: Mapping[str, Any]) -> CallJob:
    """The row of the work. The same `uid` again (a doubled press) is the same work. Raises ValueError for filters that are too long."""
    query = "" if chosen.ticked is not None else chosen.filters.query()
    if len(query) > filters.MAX_QUERY:
        raise ValueError("These filters are too long to work with. Take one away.")
    since, before = chosen.window
    return CallJob.objects.get_or_create(
        account=chosen.account,
        uid=uid,
        defaults={
            "user": user,
            "deed": deed,
            "given": {**given, "since": _iso(since), "before": _iso(before)},
            "query": query,
            "chosen": None if chosen.ticked is None else list(chosen.ticked),
            "until": chosen.until,
            "total": chosen.calls().order_by().count(),
        },
    )[0]


def selection(job: CallJob) -> Selection:
    since, before = (datetime.fromisoformat(at) if (at := job.given.get(name)) else None for name in ("since", "before"))
    asked = filters.read(QueryDict(job.query))
    return Selection(job.account, job.until, asked, (since, before), None if job.chosen is None else tuple(job.chosen))


def rest(job: CallJob, count: int) -> QuerySet[Call]:
    """The next `count` calls that are still to be done, newest first."""
    calls = selection(job).calls()
    cursor = Cursor.read(job.cursor)
    return queries.narrow(queries.older(calls, cursor) if cursor else calls, count, "-created_at", "-id")


# What a worker writes ---------------------------------------------------------------------------------------------------
def take(pk: int) -> CallJob | None:
    """The work, for as long as the lease lasts; None: it is over, or somebody else holds it."""
    at = timezone.now()
    free = CallJob.objects.filter(pk=pk, state__in=OPEN).filter(Q(lease_until=None) | Q(lease_until__lte=at))
    if not free.update(state=CallJob.RUNNING, lease_until=at + LEASE):
        return None
    return CallJob.objects.select_related("account", "user").get(pk=pk)


def move(job: CallJob, call: Call, *, done: int = 0, refused: int = 0, why: str = "", **columns: Any) -> None:
    """`call` is done, or was refused (`why`), and all before it. In the transaction of the deed; raises Lost."""
    changes: dict[str, Any] = {
        "cursor": str(Cursor(call.created_at, call.pk)),
        "done": job.done + done,
        "refused": job.refused + refused,
        "reasons": _with(job.reasons, why, refused),
        "trouble": "",
        **columns,
    }
    change(job, **changes)


def change(job: CallJob, **columns: Any) -> None:
    """Writes what the holder of the lease found out, and lengthens the lease. Raises Lost."""
    columns = {"lease_until": timezone.now() + LEASE, **columns}
    held = CallJob.objects.filter(pk=job.pk, state=CallJob.RUNNING, cursor=job.cursor, lease_until=job.lease_until)
    if not held.update(**columns):
        raise Lost
    for name, value in columns.items():
        setattr(job, name, value)


def _with(reasons: Mapping[str, int], why: str, more: int) -> dict[str, int]:
    if not why:
        return dict(reasons)
    name = why if why in reasons or len(reasons) < MOST_REASONS else OTHER
    return {**reasons, name: reasons.get(name, 0) + more}


def finish(job: CallJob, state: str = CallJob.DONE, trouble: str = "") -> None:
    """Writes the end. What was changed stands in the audit log from the same moment on."""
    at = timezone.now()
    kept = at + KEPT if state == CallJob.DONE else at
    change(job, state=state, ended_at=at, lease_until=None, trouble=trouble[:300], delete_after=kept if job.file else None)
    tell(job)


def stop(job: CallJob) -> bool:
    """Whoever works on it finds out with the next call. False: it was over."""
    at = timezone.now()
    row = CallJob.objects.filter(pk=job.pk, state__in=OPEN)
    if not row.update(state=CallJob.STOPPED, ended_at=at, lease_until=None, delete_after=at if job.deed == EXPORT else None):
        return False
    tell(CallJob.objects.select_related("account", "user").get(pk=job.pk))
    return True


def tell(job: CallJob) -> None:
    action = AUDITED.get(job.deed)
    if action and (job.done or job.deed == EXPORT):
        calls = f"{job.done:,} {'call' if job.done == 1 else 'calls'}"
        audit.record(job.account, action, calls, user=job.user, refused=job.refused, filters=job.query)


def due() -> list[int]:
    """Work that waits for a worker: never taken, let go, or whose worker is gone."""
    free = CallJob.objects.filter(state__in=OPEN).filter(Q(lease_until=None) | Q(lease_until__lte=timezone.now()))
    return list(free.order_by("created_at").values_list("pk", flat=True)[:20])


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""
