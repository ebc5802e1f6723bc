"""What the API reads. Every list is bounded and totally ordered; the number of queries does not grow with the rows."""

from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from calls.api.filters import LIMIT, UPDATED_AT, Listing
from calls.criteria import within_reach
from calls.models import Call, CallEvent, CorrectedTranscript, Utterance
from calls.pathway_logs import KINDS
from calls.searching import finding
from calls.states import ACTIVE
from config.kit.api import usable
from config.models import Account, ApiKey

ACTIVE_LIMIT = 1000
EVENT_LIMIT = 5000


def calls(account: Account) -> QuerySet[Call]:
    """The account's calls with what `serialise.list_item` needs. What only our pages read stays in the database."""
    rows = Call.objects.filter(account=account).select_related("persona", "pathway", "retry_of", "recording")
    return rows.defer("reading", "recording__peaks")


def listing(account: Account, asked: Listing) -> tuple[int, list[Call]]:
    """How many calls match, and those of the window asked for."""
    matching = within_reach(Call.objects.filter(asked.where, account=account), asked.slow)
    if asked.search:
        matching = Call.objects.filter(pk__in=_said(account, matching, asked.search))
    keys = [F("changed")] if asked.sort_by == "updated_at" else []
    order = [key.asc() if asked.ascending else key.desc() for key in (*keys, F("created_at"), F("id"))]
    found = matching.alias(changed=UPDATED_AT).order_by(*order).values("pk")[asked.start : asked.stop]
    rows = calls(account).alias(changed=UPDATED_AT).filter(pk__in=found).order_by(*order)
    return matching.count(), list(rows)


def _said(account: Account, matching: QuerySet[Call], text: str) -> list[int]:
    """The newest of them that the words mean."""
    found = finding.find(account, matching, text, enough=LIMIT, budget=None)
    newest = matching.filter(pk__in=found.ids).order_by("-created_at", "-pk")
    return list(newest.values_list("pk", flat=True)[:LIMIT])


def call(account: Account, uid: UUID) -> Call | None:
    return calls(account).filter(uid=uid).first()


def lines(call: Call) -> list[Utterance]:
    return list(Utterance.objects.filter(call=call).order_by("seq"))


def corrected(call: Call) -> list[dict[str, Any]] | None:
    """The lines of the transcript that was corrected from the recording; None when there is none."""
    rows = CorrectedTranscript.objects.filter(call=call, state="ready").values_list("lines", flat=True)
    return next(iter(rows), None)


def retries(call: Call) -> list[Any]:
    return list(call.retries.order_by("pk").values_list("uid", flat=True)[:100])


def events(call: Call, after: int, limit: int) -> list[CallEvent]:
    return list(CallEvent.objects.filter(call=call, seq__gt=after).order_by("seq")[:limit])


def walked(call: Call) -> list[CallEvent] | None:
    """What a pathway's walk did on this call; None for a call that no pathway led."""
    if call.pathway_id is None and not call.routes:
        return None
    return list(CallEvent.objects.filter(call=call, kind__in=sorted(KINDS)).order_by("seq")[:EVENT_LIMIT])


def active(account: Account) -> list[Call]:
    """Calls that are not over, oldest first."""
    # ended_at: for the index call_active; the state decides
    rows = Call.objects.filter(account=account, ended_at=None, state__in=[str(s) for s in ACTIVE]).select_related("pathway")
    return list(rows.defer("reading", "request", "sources").order_by("created_at", "pk")[:ACTIVE_LIMIT])


def standing(account: Account, uids: list[UUID]) -> list[Call]:
    """Where these calls stand; strangers' ones are left out."""
    return list(Call.objects.filter(account=account, uid__in=uids).only("uid", "state", "transferred_at").order_by("pk")[:ACTIVE_LIMIT])


def key_is_valid(key: ApiKey) -> bool:
    """Whether the key still opens the API: asked again while a stream lasts."""
    return any(usable(found) for found in ApiKey.objects.filter(pk=key.pk))
