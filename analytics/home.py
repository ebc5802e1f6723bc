"""Finished objects for Home: how today goes, what is live, who waits for a person, what is coming up.

Every number has its query; their count does not grow with the rows.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone

from calls.contexts import outcome_words
from calls.hooks import health
from calls.hooks.health import Health
from calls.models import Call, Runner, Utterance
from calls.shown import LIVE_STATES
from calls.states import ACTIVE, WAITING, AnsweredBy
from config.kit import words
from config.kit.words import Shown
from config.models import Account

LIVE_SHOWN, NEEDS_SHOWN, NEXT_SHOWN, OUTCOMES_SHOWN = 8, 10, 5, 6
NEEDS_COUNTED = 10_000  # more are not counted
SPEED_CALLS = 50  # the newest answered calls that "Answers after" looks at
RUNNER_SEEN = timedelta(seconds=30)

# reason of a need -> (heading, icon, tone)
REASONS = {
    "guard_rail": ("Guard rail tripped", "shield-check", "bad"),
    "callback": ("Call back promised", "calendar-clock", ""),
    "complaint": ("Complaint", "flag", "bad"),
    "wants_person": ("Wanted a person", "user-round", ""),
    "unanswered": ("Question left open", "circle-help", ""),
    "transfer_failed": ("Handing over failed", "phone-forwarded", "bad"),
    "lost": ("Lost sight of it", "st-lost", ""),
    "uncertain": ("Outcome is a guess", "circle-help", ""),
}


@dataclass(frozen=True, slots=True)
class Figures:
    live: int
    capacity: int  # calls that the running runners can hold at once; 0: none runs
    in_line: int
    today: int
    by_person: int  # answered by a person
    needs: int
    oldest: datetime | None  # since when the first of them waits
    answers_ms: int | None  # typical time until the agent answers, of the newest calls
    slowest_ms: int | None
    spent: Decimal
    per_minute: Decimal

    @property
    def by_person_share(self) -> int:
        return round(100 * self.by_person / self.today) if self.today else 0


@dataclass(frozen=True, slots=True)
class Live:
    uid: UUID
    shown: Shown
    name: str
    number: str
    speaker: str  # "agent", "caller" or ""
    said: str


@dataclass(frozen=True, slots=True)
class Need:
    uid: UUID
    heading: str
    icon: str
    tone: str
    name: str
    text: str
    quote: str
    seq: int | None
    at: datetime
    more: int  # other reasons on the same call


@dataclass(frozen=True, slots=True)
class Outcome:
    word: str
    tag: str
    count: int
    share: int  # percent
    start: float  # where its piece of the bar begins and how wide it is, in percent
    width: float
    fill: int  # colour 1 to 6


@dataclass(frozen=True, slots=True)
class Next:
    uid: UUID
    shown: Shown
    at: datetime
    name: str


@dataclass(frozen=True, slots=True)
class Home:
    figures: Figures
    live: list[Live]
    needs: list[Need]
    outcomes: list[Outcome]
    coming: list[Next]
    coming_count: int
    servers: list[Health]  # how the office's own programs take results
    results_to: str  # the server of the office's own address
    ever: bool  # whether this office has sent any call

    @property
    def refusing(self) -> list[Health]:
        """Servers that a person should look after."""
        return [server for server in self.servers if server.needs_person]

    @property
    def waiting(self) -> int:
        """All that needs a person."""
        return self.figures.needs + len(self.refusing)


def home(account: Account) -> Home:
    """Today begins at midnight in the reader's zone."""
    now = timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    calls = Call.objects.filter(account=account)
    today = calls.filter(created_at__gte=midnight)
    waiting = calls.filter(state__in=[str(s) for s in WAITING])
    later = waiting.filter(due_at__gt=now)
    active = calls.filter(state__in=[str(s) for s in ACTIVE]).aggregate(
        live=Count("pk", filter=Q(state__in=LIVE_STATES)),
        in_line=Count("pk", filter=Q(state__in=[str(s) for s in WAITING], due_at__lte=now)),
        later=Count("pk", filter=Q(state__in=[str(s) for s in WAITING], due_at__gt=now)),
    )
    outcomes = _outcomes(today)
    figures = _figures(calls, today, active["live"], active["in_line"], now)
    return Home(
        figures=figures,
        live=_live(calls),
        needs=_needs(calls) if figures.needs else [],
        outcomes=outcomes,
        coming=[_next(call) for call in later.order_by("due_at", "pk")[:NEXT_SHOWN]] if active["later"] else [],
        coming_count=active["later"],
        servers=health.servers(account),
        results_to=health.server_of(account.webhook_url),
        ever=figures.today > 0 or calls.exists(),
    )


def _figures(calls: QuerySet[Call], today: QuerySet[Call], live: int, in_line: int, now: datetime) -> Figures:
    day = today.aggregate(all=Count("pk"), human=Count("pk", filter=Q(answered_by=AnsweredBy.HUMAN)), spent=Sum("price"))
    # in the order of its index: without one SQLite reads another, and every call of the account
    waiting = calls.filter(waits_for_person=True).order_by("-created_at", "-pk")[:NEEDS_COUNTED]
    needs = waiting.aggregate(all=Count("pk"), oldest=Min("ended_at"))
    runners = Runner.objects.filter(seen_at__gt=now - RUNNER_SEEN, draining=False).aggregate(capacity=Sum("capacity"))
    speeds = _speeds(calls)
    return Figures(
        live=live,
        capacity=runners["capacity"] or 0,
        in_line=in_line,
        today=day["all"],
        by_person=day["human"],
        needs=needs["all"],
        oldest=needs["oldest"],
        answers_ms=round(median(speeds)) if speeds else None,
        slowest_ms=max(speeds) if speeds else None,
        spent=day["spent"] or Decimal(0),
        per_minute=settings.PRICE_PER_MINUTE,
    )


def _speeds(calls: QuerySet[Call]) -> list[int]:
    """How long the agent took to answer, in ms, in the newest calls that a person answered."""
    newest = calls.filter(answered_by=AnsweredBy.HUMAN).order_by("-created_at", "-pk").values("pk")[:SPEED_CALLS]
    lines = Utterance.objects.filter(call__in=list(newest.values_list("pk", flat=True)), latency__isnull=False)
    totals = (latency.get("total") for latency in lines.values_list("latency", flat=True) if isinstance(latency, dict))
    return [total for total in totals if isinstance(total, int)]


def _live(calls: QuerySet[Call]) -> list[Live]:
    newest = Utterance.objects.filter(call=OuterRef("pk")).order_by("-seq")
    rows = (
        calls.filter(state__in=LIVE_STATES)
        .defer("request", "config", "sources", "notes", "reading", "variables")
        .annotate(said=Subquery(newest.values("text")[:1]), speaker=Subquery(newest.values("speaker")[:1]))
        .order_by("-created_at", "-pk")[:LIVE_SHOWN]
    )
    return [
        Live(
            uid=row.uid,
            shown=words.shown(row),
            name=row.callee_name,
            number=row.to_number,
            speaker=("caller" if row.speaker in ("user", "robot") else "agent") if row.speaker else "",
            said=row.said or "",
        )
        for row in rows
    ]


def _needs(calls: QuerySet[Call]) -> list[Need]:
    rows = list(
        calls.filter(waits_for_person=True)
        .only("pk", "uid", "needs_person", "callee_name", "to_number", "ended_at", "created_at")
        .order_by("-created_at", "-pk")[:NEEDS_SHOWN]
    )
    first = [(row, row.needs_person[0]) for row in rows if row.needs_person]
    wanted = [Q(call=row.pk, seq=need["seq"]) for row, need in first if isinstance(need.get("seq"), int)]
    said: dict[tuple[int, int], str] = {}
    if wanted:
        lines = Utterance.objects.filter(Q(*wanted, _connector=Q.OR)).values_list("call_id", "seq", "text")
        said = {(call, seq): text for call, seq, text in lines}
    return [_need(row, need, said) for row, need in first]


def _need(row: Call, need: dict[str, object], said: dict[tuple[int, int], str]) -> Need:
    heading, icon, tone = REASONS.get(str(need.get("reason", "")), ("Look at this call", "st-person", ""))
    seq = need.get("seq")
    return Need(
        uid=row.uid,
        heading=heading,
        icon=icon,
        tone=tone,
        name=row.callee_name or row.to_number,
        text=str(need.get("text", "")),
        quote=said.get((row.pk, seq), "") if isinstance(seq, int) else "",
        seq=seq if isinstance(seq, int) else None,
        at=row.ended_at or row.created_at,
        more=len(row.needs_person) - 1,
    )


def _outcomes(today: QuerySet[Call]) -> list[Outcome]:
    """The most frequent outcomes of today and the rest as one."""
    found = today.exclude(disposition_tag="").values_list("disposition_tag").annotate(n=Count("pk")).order_by("-n", "disposition_tag")
    counted = [(outcome_words(tag), tag, n) for tag, n in found]
    if len(counted) > OUTCOMES_SHOWN:
        rest = counted[OUTCOMES_SHOWN - 1 :]
        counted = [*counted[: OUTCOMES_SHOWN - 1], ("All others", "", sum(n for _, _, n in rest))]
    total = sum(n for _, _, n in counted)
    listed: list[Outcome] = []
    before = 0
    for fill, (word, tag, n) in enumerate(counted, start=1):
        listed.append(Outcome(word, tag, n, round(100 * n / total), round(100 * before / total, 2), round(100 * n / total, 2), fill))
        before += n
    return listed


def _next(call: Call) -> Next:
    shown = words.shown(call)
    if shown.key == "scheduled":
        shown = replace(shown, more="")  # its hour stands beside it
    return Next(uid=call.uid, shown=shown, at=call.due_at, name=call.callee_name or call.to_number)
