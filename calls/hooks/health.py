"""How the addresses of an office take what is sent to them, in sentences: three queries, however many rows.

Addresses are counted by their server, for one may differ from call to call only by what stands behind its "?".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import BooleanField, Count, Max, Min, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat, Lower, Replace, StrIndex, Substr
from django.utils import timezone

from calls.hooks import words
from calls.models import Delivery, DeliveryAttempt
from config.kit import audit, times
from config.models import Account, User

NEWEST = 2_000  # messages that are looked at for what was accepted
LOOKS_BACK = timedelta(days=7)
NEEDS_PERSON_AFTER = timedelta(minutes=5)  # a hiccup shorter than this mends itself

# "https://Ledger.example:8443/in?call=1" -> "ledger.example:8443"
_AFTER_SCHEME = Substr("url", StrIndex("url", Value("://")) + 3)
_WITH_END = Concat(Replace(_AFTER_SCHEME, Value("?"), Value("/")), Value("/"))
SERVER = Lower(Substr(_WITH_END, 1, StrIndex(_WITH_END, Value("/")) - 1))

# SQLite takes the small index of open messages only for a condition in the very words of the index, and only when a second column of it
# (every message has an address) promises to narrow it down: else it reads every message that the office ever sent.
OPEN = RawSQL("calls_delivery.state IN ('pending', 'dead')", (), output_field=BooleanField())
FAILED = ~Q(trouble="")  # the last try of one that was not accepted


def server_of(url: str) -> str:
    """The same of one address, as a reader knows it; "" of none."""
    return url.partition("://")[2].replace("?", "/").partition("/")[0].lower()


@dataclass(frozen=True, slots=True)
class Health:
    """One server and how it takes results now."""

    server: str
    refused: int = 0  # messages that it did not accept and that are tried again
    behind: int = 0  # messages that have not been tried: some wait for those before them
    given_up: int = 0
    since: datetime | None = None  # the oldest of those that it did not accept
    next_at: datetime | None = None
    answer: str = ""  # to the newest failed try, a sentence
    failed_at: datetime | None = None
    today: int = 0  # accepted since midnight
    total: int = 0  # accepted of late
    last_at: datetime | None = None
    last_ms: int | None = None

    @property
    def not_accepted(self) -> int:
        return self.refused + self.given_up

    @property
    def fine(self) -> bool:
        return not self.not_accepted

    @property
    def recovered(self) -> bool:
        """It accepts again, but something was given up before."""
        return not self.refused and bool(self.last_at and self.failed_at and self.last_at > self.failed_at)

    @property
    def needs_person(self) -> bool:
        late = self.since is not None and self.since < timezone.now() - NEEDS_PERSON_AFTER
        return bool(self.given_up) or (bool(self.refused) and late)

    @property
    def title(self) -> str:
        """What follows the name of the server, bold on the page."""
        if self.fine:
            return self._accepted()
        if self.recovered:
            return f"accepts results again, but {_results(self.given_up)} {_was(self.given_up)} given up."
        since = f" since {times.absolute(self.since)}" if self.since else ""
        return f"has not accepted {_results(self.not_accepted)}{since}."

    @property
    def text(self) -> str:
        """What is known of it and what happens next."""
        if self.fine:
            return self._last()
        said = [self.answer] if self.answer and not self.recovered else []
        if self.refused:
            later = self.next_at is not None and self.next_at > timezone.now()
            said.append(f"Next try {at(self.next_at)}." if self.next_at and later else "Next try in a moment.")
        if self.behind and self.refused:
            said.append(f"{self.behind:,} more {_wait(self.behind)} in line.")
        if self.given_up:
            said.append(f"{self.given_up:,} {_was(self.given_up)} given up and {_wait(self.given_up)} for you to send again.")
        else:
            said.append("Nothing is lost.")
        return " ".join(said)

    def _accepted(self) -> str:
        if not self.total:
            return "waits for its first result." if self.behind else "has got nothing yet."
        if self.today:
            return "accepted the one result of today." if self.today == 1 else f"accepted all {self.today:,} today."
        return "has accepted everything."

    def _last(self) -> str:
        if self.last_at is None:
            return ""
        quick = f", in {took(self.last_ms)}" if self.last_ms is not None else ""
        return f"Last one {at(self.last_at, near=True)}{quick}."


def servers(account: Account) -> list[Health]:
    """Every server that something was sent to of late or that owes us an answer: those in trouble first. At most three queries."""
    now = timezone.now()
    mine = Delivery.objects.filter(account=account)
    wanting = {row["server"]: row for row in _open(mine, now)}
    taken = {row["server"]: row for row in _accepted(mine, now)}
    tries = _last_tries([row["failed"] for row in wanting.values()] + [row["last"] for row in taken.values()])
    found = [_health(name, wanting.get(name, {}), taken.get(name, {}), tries) for name in wanting.keys() | taken.keys()]
    return sorted(found, key=lambda health: (health.fine, health.recovered, -health.not_accepted, health.server))


def not_accepted(account: Account, server: str | None = None) -> QuerySet[Delivery]:
    """Messages that some server, or this one, did not accept: tried again by themselves, or given up of late."""
    rows = _unsettled(Delivery.objects.filter(FAILED, account=account), timezone.now())
    return rows if server is None else rows.annotate(server=SERVER).filter(server=server)


def leave(account: Account, server: str, *, by: User) -> int:
    """What was given up at this server may stay so: nobody is asked to look at it any more. Says how many there were."""
    rows = list(not_accepted(account, server).filter(state=Delivery.DEAD).values_list("pk", flat=True))
    with transaction.atomic():
        left = Delivery.objects.filter(pk__in=rows, state=Delivery.DEAD, left_at=None).update(left_at=timezone.now())
        if left:
            audit.record(account, "webhook.left", server, user=by, results=left)
    return left


def _unsettled(rows: QuerySet[Delivery], now: datetime) -> QuerySet[Delivery]:
    """Those that are tried again, or were given up of late and not left."""
    return rows.filter(OPEN, url__gt="").filter(
        Q(state=Delivery.PENDING) | Q(state=Delivery.DEAD, created_at__gte=now - LOOKS_BACK, left_at=None)
    )


def _open(mine: QuerySet[Delivery], now: datetime) -> Iterable[Mapping[str, Any]]:
    pending = Q(state=Delivery.PENDING)
    return (
        _unsettled(mine, now)
        .annotate(server=SERVER)
        .values("server")
        .annotate(
            refused=Count("pk", filter=pending & FAILED),
            behind=Count("pk", filter=pending & ~FAILED),
            given_up=Count("pk", filter=Q(state=Delivery.DEAD)),
            since=Min("created_at", filter=FAILED),
            next_at=Min("due_at", filter=pending & FAILED),
            failed=Max("pk", filter=FAILED),
        )
    )


def _accepted(mine: QuerySet[Delivery], now: datetime) -> Iterable[Mapping[str, Any]]:
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    newest = mine.filter(created_at__gte=now - LOOKS_BACK).order_by("-created_at", "-id").values("pk")[:NEWEST]
    return (
        Delivery.objects.filter(pk__in=newest, state=Delivery.DELIVERED)
        .annotate(server=SERVER)
        .values("server")
        .annotate(total=Count("pk"), today=Count("pk", filter=Q(delivered_at__gte=midnight)), last_at=Max("delivered_at"), last=Max("pk"))
    )


def _last_tries(deliveries: list[int | None]) -> dict[int, DeliveryAttempt]:
    """The newest try of each of these messages."""
    wanted = [pk for pk in deliveries if pk is not None]
    if not wanted:
        return {}
    rows = DeliveryAttempt.objects.filter(delivery__in=wanted).order_by("pk").defer("answer")
    return {row.delivery_id: row for row in rows}


def _health(server: str, wanting: Mapping[str, Any], taken: Mapping[str, Any], tries: dict[int, DeliveryAttempt]) -> Health:
    counts: dict[str, Any] = {name: wanting[name] for name in ("refused", "behind", "given_up", "since", "next_at") if name in wanting}
    counts |= {name: taken[name] for name in ("today", "total", "last_at") if name in taken}
    failed, last = tries.get(wanting.get("failed") or 0), tries.get(taken.get("last") or 0)
    return Health(
        server,
        **counts,
        answer=words.answered(failed.status, failed.error) if failed else "",
        failed_at=failed.sent_at if failed else None,
        last_ms=last.ms if last else None,
    )


def _results(count: int) -> str:
    return "a result" if count == 1 else f"{count:,} results"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def _wait(count: int) -> str:
    return "waits" if count == 1 else "wait"


def at(moment: datetime, *, near: bool = False) -> str:
    """Reads after a noun: "at 9:51 AM", "yesterday, 4:12 PM"; `near` also "2 minutes ago"."""
    said = times.relative(moment) if near else times.absolute(moment)
    return f"at {said}" if said[0].isdigit() and said.endswith("M") else said


def took(ms: int) -> str:
    """Says "0.2 s", "under 0.1 s"."""
    return f"{ms / 1000:.1f} s" if ms >= 50 else "under 0.1 s"
