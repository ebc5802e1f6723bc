"""What is done to one page of calls. Each deed moves the cursor in the very transaction that does it."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.utils import timezone

from calls import removing, rules, tags
from calls.bulk import columns, files, jobs
from calls.bulk.columns import Source
from calls.carriers import registry
from calls.models import Call, CallJob, CallTag, Utterance
from calls.requests import Refused, send
from config.kit.writing import writing

PAUSE = timedelta(minutes=2)
IN_BROWSER = "It was spoken in a browser: somebody has to be there."
OWN_ACCOUNT = "It went out over the sender's own Twilio account."
HIDDEN = "Its request held secret headers, which are not kept."


class Wait(Exception):
    """Nothing more can be done for a while; the message says why."""


# Export ---------------------------------------------------------------------------------------------------------------
def export(job: CallJob, calls: Sequence[Call]) -> None:
    wanted = columns.chosen(job.given.get("columns", ()))
    piece = columns.lines(wanted, _sources(job, calls, transcripts=any(c.name == "transcript" for c in wanted)))
    if not job.size:
        piece = columns.head(wanted) + piece
    at = job.size
    with writing():
        jobs.move(job, calls[-1], done=len(calls), size=at + len(piece))
        files.append(job, at, piece)


def export_nothing(job: CallJob) -> None:
    """The file of no call: the names of its columns."""
    piece = columns.head(columns.chosen(job.given.get("columns", ())))
    with writing():
        jobs.change(job, size=len(piece))
        files.append(job, 0, piece)


def begin_export(job: CallJob) -> None:
    """Goes on behind what is on the disk, or from the beginning when that is not all there."""
    if not job.file:
        jobs.change(job, file=files.name_of(job), delete_after=timezone.now() + jobs.KEPT)
    if job.size and files.length(job) < job.size:
        jobs.change(job, cursor="", done=0, size=0)


def _sources(job: CallJob, calls: Sequence[Call], *, transcripts: bool) -> list[Source]:
    pks = [call.pk for call in calls]
    tagged: dict[int, list[str]] = {}
    for pk, name in CallTag.objects.filter(call__in=pks).order_by("name").values_list("call", "name"):
        tagged.setdefault(pk, []).append(name)
    said: dict[int, list[str]] = {}
    if transcripts:
        for pk, who, text in Utterance.objects.filter(call__in=pks).order_by("call", "seq").values_list("call", "speaker", "text"):
            said.setdefault(pk, []).append(f"{who}: {text}")
    zone = ZoneInfo(job.given.get("zone") or job.account.timezone)
    return [Source(call, zone, tagged.get(call.pk, ()), "\n".join(said.get(call.pk, ()))) for call in calls]


# Tags -----------------------------------------------------------------------------------------------------------------
def tag(job: CallJob, calls: Sequence[Call]) -> None:
    with writing():
        full = tags.put_on(job.account_id, [call.pk for call in calls], job.given["tag"])
        jobs.move(job, calls[-1], done=len(calls) - full, refused=full, why=tags.TOO_MANY if full else "")


def untag(job: CallJob, calls: Sequence[Call]) -> None:
    with writing():
        tags.take_from([call.pk for call in calls], job.given["tag"])
        jobs.move(job, calls[-1], done=len(calls))


# Sending again --------------------------------------------------------------------------------------------------------
def send_again(job: CallJob, calls: Sequence[Call]) -> None:
    """Each as the Send call page would: through every rule, with the settings of its persona now. A rehearsal stays one."""
    for call in calls:
        if why := _not_again(call):
            jobs.move(job, call, refused=1, why=why)
            continue
        limit = rules.check_rate(job.account, timezone.now())
        if not limit.allowed:
            raise Wait(limit.reason)
        body = {name: value for name, value in call.request.items() if name != "start_time"}
        carrier = registry.SIMULATED if call.carrier == registry.SIMULATED else ""
        moved = partial(_sent, job, call)
        try:
            send(job.account, body, by=job.user, source="page", carrier=carrier, on_saved=moved)
        except Refused as refused:
            jobs.move(job, call, refused=1, why=_words(refused))


def _sent(job: CallJob, old: Call, new: Call) -> None:
    """In the transaction that saves the new call: either both are there, or neither."""
    jobs.move(job, old, done=1)


def _not_again(call: Call) -> str:
    if call.carrier == registry.BROWSER:
        return IN_BROWSER
    if call.carrier == registry.TWILIO and call.line_id is None:
        return OWN_ACCOUNT
    items = call.request.get("dynamic_data")
    if isinstance(items, list) and any(isinstance(item, dict) and item.get("headers") for item in items):
        return HIDDEN
    return ""


def _words(refused: Refused) -> str:
    told = refused.reason or (refused.errors[0].message if refused.errors else "")
    return (told or str(refused.body.get("message") or "It was refused."))[:200]


# Deleting -------------------------------------------------------------------------------------------------------------
def delete(job: CallJob, calls: Sequence[Call]) -> None:
    for call in calls:
        if why := removing.remove(call, partial(jobs.move, job, call, done=1)):
            jobs.move(job, call, refused=1, why=why)


DEEDS: dict[str, tuple[Callable[[CallJob, Sequence[Call]], None], int]] = {  # what is done, to how many calls at a time
    jobs.EXPORT: (export, 250),
    jobs.TAG: (tag, 200),
    jobs.UNTAG: (untag, 200),
    jobs.SEND_AGAIN: (send_again, 20),
    jobs.DELETE: (delete, 20),
}
