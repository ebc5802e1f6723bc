"""The Calls page: what stands on it, in which order, for whom, and at what cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from calls import queries
from calls.filters import Filters
from calls.models import Call, CallTag, Recording, SavedView
from calls.states import State
from config.models import Account, User
from personas.models import Persona
from tests import factories

LIST = "/calls/"


def finished(account, n: int, **fields) -> Call:
    at = now() - timedelta(minutes=n)
    number = f"+1720555{n:04}"
    fields = {"state": State.COMPLETE, "status": "completed", "started_at": at, "ended_at": at, "outcome_at": at, **fields}
    return factories.call(account, **{"to_number": number, "created_at": at, "disposition_tag": "COMPLETED_ACTION", **fields})


def numbers(answer) -> list[str]:
    listing = answer.context["list"]
    return [row.number for row in [*listing.live, *listing.rows]]


def test_newest_first_with_the_live_ones_on_top(signed_in, account):
    for n in range(3):
        finished(account, n)
    live = finished(account, 50, state=State.STARTED, status="", ended_at=None)
    answer = signed_in("viewer").get(LIST)
    assert answer.status_code == 200
    assert numbers(answer) == [live.to_number, "+17205550000", "+17205550001", "+17205550002"]
    assert answer.content.count(b"data-live") >= 1


def test_pages_hold_every_call_once_in_both_directions(signed_in, account):
    # Several share one instant: the id decides.
    same = now() - timedelta(days=1)
    calls = [finished(account, n, created_at=same if 20 <= n < 40 else now() - timedelta(days=n)) for n in range(60)]
    client = signed_in("viewer")
    seen: list[str] = []
    pages: list[list[str]] = []
    address = LIST
    while address:
        answer = client.get(address)
        pages.append(numbers(answer))
        seen += pages[-1]
        address = answer.context["list"].older
    assert len(seen) == len(set(seen)) == len(calls)
    assert [len(page) for page in pages] == [25, 25, 10]
    back = client.get(answer.context["list"].newer)
    assert numbers(back) == pages[1]
    first = client.get(back.context["list"].newer)
    assert numbers(first) == pages[0]
    assert first.context["list"].newer == ""


def test_live_calls_stand_on_the_first_page_only(signed_in, account):
    for n in range(30):
        finished(account, n)
    finished(account, 500, state=State.RINGING, status="", ended_at=None, to_number="+17205559999")
    client = signed_in("viewer")
    first = client.get(LIST)
    second = client.get(first.context["list"].older)
    assert "+17205559999" in numbers(first)
    assert "+17205559999" not in numbers(second)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=busy", ["+17205550002"]),
        ("state=live", ["+17205550003"]),
        ("state=live&state=busy", ["+17205550002", "+17205550003"]),
        ("outcome=BUSY", ["+17205550002"]),
        ("q=0001", ["+17205550001"]),
        ("q=555-0001", ["+17205550001"]),
        ("q=elena", ["+17205550000"]),
        ("q=nobody", []),
        ("person=1", ["+17205550001"]),
        ("persona={persona}", ["+17205550000"]),
        ("when=yesterday", ["+17205550004"]),
    ],
)
def test_filters(signed_in, account, query, found):
    persona = Persona.objects.create(account=account, name="June")
    finished(account, 0, callee_name="Elena Duarte", persona=persona)
    finished(account, 1, needs_person=[{"reason": "callback", "text": "A call-back", "seq": 3}])
    finished(account, 2, status="busy", disposition_tag="BUSY")
    finished(account, 3, state=State.STARTED, status="", ended_at=None)
    zone_midnight = now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    finished(account, 4, created_at=zone_midnight - timedelta(hours=2))
    client = signed_in("viewer")
    User.objects.update(timezone="UTC")
    answer = client.get(f"{LIST}?{query.format(persona=persona.uid)}")
    assert numbers(answer) == found


@pytest.mark.parametrize(
    ("query", "chip"),
    [
        ("to_number=7205550007", ("Number called", "7205550007")),
        ("status=busy", ("Came out", "Busy")),
        ("answered_by=voicemail", ("Answered by", "A machine")),
        ("call_ended_by=user", ("Ended by", "The person")),
        ("duration_gt=1", ("Longer than", "1 minute")),
        ("cost_lt=0.2", ("Cost less than", "0.2 dollars")),
        ("error_message=FAILED", ("Error says", "FAILED")),
        ("recorded=1", ("Recorded", "Yes")),
        ("variables=plan=gold", ("Variable", "plan=gold")),
        ("tag=vip", ("Tag", "vip")),
    ],
)
def test_rare_filters_find_leave_out_and_can_be_taken_away(signed_in, account, query, chip):
    found = finished(
        account,
        7,
        status="busy",
        answered_by="voicemail",
        call_ended_by="USER",
        duration_ms=90_000,
        price="0.1500",
        error_message="The line failed",
        variables={"plan": "gold"},
    )
    Recording.objects.create(call=found, state=Recording.READY)
    CallTag.objects.create(account=account, call=found, name="vip")
    finished(account, 1, price="0.9", duration_ms=10_000)
    answer = signed_in("viewer").get(f"{LIST}?state=busy&state=done&{query}")
    assert numbers(answer) == [found.to_number]
    listing = answer.context["list"]
    assert [(c.label, c.value, c.without) for c in listing.chips] == [(*chip, f"{LIST}?state=busy&state=done")]
    assert listing.more_set == 1
    html = answer.content.decode()
    assert "1 set" in html and "take this filter away" in html


def test_what_is_not_offered_any_more_stays_chosen(signed_in, account):
    html = signed_in("viewer").get(f"{LIST}?tag=gone&pathway=7d9f2f9a-0000-4000-8000-000000000001").content.decode()
    assert '<option value="gone" selected>gone</option>' in html
    assert '<option value="7d9f2f9a-0000-4000-8000-000000000001" selected>not known</option>' in html


def test_handled_calls_need_nobody(signed_in, account):
    finished(account, 1, needs_person=[{"reason": "callback", "text": "A call-back"}], handled_at=now())
    assert numbers(signed_in("viewer").get(f"{LIST}?person=1")) == []


def test_a_total_beyond_the_bound_is_not_counted(account, monkeypatch):
    monkeypatch.setattr(queries, "COUNTED", 3)
    for n in range(5):
        finished(account, n)
    assert queries.page(account, Filters(), window=(None, None), now=now()).total == 4


def test_words_for_an_empty_list(signed_in, account):
    client = signed_in("viewer")
    none_yet = client.get(LIST).content.decode()
    assert "No calls yet" in none_yet and "No call matches" not in none_yet
    finished(account, 1)
    none_match = client.get(f"{LIST}?q=zzz&when=today").content.decode()
    assert "No call matches all of this" in none_match and "Look in all days" in none_match


def test_htmx_gets_the_list_alone(signed_in, account):
    finished(account, 1)
    client = signed_in("viewer")
    part = client.get(LIST, headers={"hx-request": "true"}).content.decode()
    whole = client.get(LIST).content.decode()
    assert part.startswith('<div id="calls-box"') and "<html" not in part
    assert part in whole


def test_no_call_of_another_account(signed_in, account):
    other = factories.account("Strangers Ltd")
    finished(other, 1)
    assert numbers(signed_in("admin").get(LIST)) == []


def test_who_may_read_it(client, signed_in, stranger, account):
    assert client.get(LIST).status_code == 302
    assert signed_in("viewer").post(LIST).status_code == 405
    finished(account, 1)
    client.force_login(stranger)
    assert numbers(client.get(LIST)) == []


EVERYTHING = "?state=done&q=555&when=today&status=completed&duration_lt=9&recorded=0&tag=vip&variables=plan=gold"


@pytest.mark.parametrize("query", ["", "?state=done", "?q=555", "?when=today", EVERYTHING])
def test_the_number_of_queries_does_not_grow(signed_in, account, query):
    client = signed_in("viewer")
    persona = Persona.objects.create(account=account, name="June")

    def grow(start: int) -> None:
        for n in range(start, start + 6):
            live = n % 3 == 0
            state = {"state": State.STARTED, "status": "", "ended_at": None} if live else {}
            call = finished(account, n, persona=persona, variables={"plan": "gold"}, **state)
            CallTag.objects.bulk_create([CallTag(account=account, call=call, name=name) for name in ("vip", f"tag {n}")])
            SavedView.objects.create(account=account, user=User.objects.get(), name=f"View {n}", query=f"q={n}")

    def cost() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get(LIST + query).status_code == 200
        return len(counted)

    grow(0)
    client.get(LIST)
    once = cost()
    grow(10)
    assert cost() == once
    assert once <= 16 + (
        "variables" in query or "q=" in query
    )  # session, user, member, total, twice rows and tags, who is live, what 4 filters offer, views


def test_the_order_is_total(account):
    assert queries._for_rows(Call.objects.all()).totally_ordered
    assert Account.objects.count() == 1
