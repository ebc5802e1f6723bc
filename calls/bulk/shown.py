"""Work on many calls as people read it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.template.defaultfilters import filesizeformat

from calls.bulk import jobs
from calls.models import CallJob
from config.models import Account

LISTED = 50
TITLES = {
    jobs.EXPORT: "Export {calls}",
    jobs.SEND_AGAIN: "Send {calls} again",
    jobs.TAG: "Tag {calls} “{tag}”",
    jobs.UNTAG: "Take “{tag}” off {calls}",
    jobs.DELETE: "Delete {calls}",
}
DONE = {
    jobs.EXPORT: "{calls} in the file",
    jobs.SEND_AGAIN: "{calls} in line",
    jobs.TAG: "{calls} tagged",
    jobs.UNTAG: "{calls} without the tag",
    jobs.DELETE: "{calls} deleted",
}
NOT_DONE = {jobs.SEND_AGAIN: "not sent again", jobs.TAG: "not tagged", jobs.DELETE: "not deleted"}
STATES = {  # word, tone, symbol
    CallJob.WAITING: ("Waits for its turn", "", "clock"),
    CallJob.RUNNING: ("Under way", "live", "clock"),
    CallJob.DONE: ("Done", "good", "circle-check"),
    CallJob.FAILED: ("Broke off", "bad", "circle-alert"),
    CallJob.STOPPED: ("Stopped", "warn", "square"),
}


@dataclass(frozen=True, slots=True)
class Work:
    uid: UUID
    title: str
    by: str
    at: datetime
    ended: datetime | None
    state: str
    word: str
    tone: str
    symbol: str
    open: bool
    told: str  # what was done so far
    handled: int
    total: int
    percent: int
    refused: str
    reasons: list[tuple[str, int]]
    trouble: str
    query: str  # of the list; "" for ticked calls
    file: bool  # there is one to download
    size: str
    until: datetime | None  # how long the file is kept


def work(job: CallJob) -> Work:
    word, tone, symbol = STATES[job.state]
    handled = job.done + job.refused
    return Work(
        uid=job.uid,
        title=TITLES[job.deed].format(calls=calls(job.total), tag=job.given.get("tag", "")),
        by=str(job.user or "somebody who left"),
        at=job.created_at,
        ended=job.ended_at,
        state=job.state,
        word=word,
        tone=tone,
        symbol=symbol,
        open=job.state in jobs.OPEN,
        told=DONE[job.deed].format(calls=calls(job.done)),
        handled=handled,
        total=max(job.total, handled),
        percent=100 if job.state == CallJob.DONE else min(99, handled * 100 // max(1, job.total)),
        refused=f"{calls(job.refused)} {NOT_DONE.get(job.deed, 'left out')}" if job.refused else "",
        reasons=sorted(job.reasons.items(), key=lambda pair: (-pair[1], pair[0])),
        trouble=job.trouble,
        query=job.query,
        file=bool(job.state == CallJob.DONE and job.file),
        size=filesizeformat(job.size).replace("\xa0", " "),
        until=job.delete_after if job.file else None,
    )


def latest(account: Account) -> list[Work]:
    rows = CallJob.objects.filter(account=account).select_related("user").defer("chosen").order_by("-created_at", "-pk")
    return [work(job) for job in rows[:LISTED]]


def calls(count: int) -> str:
    return f"{count:,} {'call' if count == 1 else 'calls'}"
