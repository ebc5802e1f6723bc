"""Calls found by what was said: the same on both databases, within the office, within the other filters, newest first, page by page."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from analytics import outcomes
from calls import queries
from calls.filters import Filters
from calls.models import Call, CallText, Utterance
from calls.searching import finding, index
from calls.states import State
from tests import factories

pytestmark = pytest.mark.django_db


def spoken(account, *lines: str, ago: int = 0, name: str = "", **fields) -> Call:
    """A call that is over, with these lines, found by its words."""
    at = now() - timedelta(minutes=ago)
    over = {"created_at": at, "state": State.COMPLETE, "status": "completed", "started_at": at, "ended_at": at, "outcome_at": at}
    call = factories.call(account, callee_name=name, **{**over, **fields})
    Utterance.objects.bulk_create(
        Utterance(call=call, seq=n, speaker=("user", "assistant")[n % 2], text=text, start_ms=n, end_ms=n) for n, text in enumerate(lines)
    )
    index.index(call.pk)
    return call


def found(account, text: str, **filters) -> list[Call]:
    page = queries.page(account, Filters(text=text, **filters), window=(None, None), now=now())
    everything = Call.objects.filter(finding.everything(account, text)).order_by("-created_at", "-pk")
    if not filters:
        assert list(everything) == [*page.live, *page.calls], "the quick way and the plain way mean the same calls"
        assert page.total == len(page.live) + len(page.calls)
    return page.calls


@pytest.fixture(params=["walk", "index", "walk on"])
def way(request, monkeypatch):
    """The newest calls are looked at one by one, older ones are asked of the index, or looked at too when the words are common."""
    if request.param != "walk":
        monkeypatch.setattr(finding, "WALK", 1)
        monkeypatch.setattr(finding, "COMMON", 0 if request.param == "walk on" else 1_000)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("insurance", "a"),
        ("INSUR", "a"),  # the last word may go on
        ("insur no", ""),  # the others are whole
        ('"insur"', ""),
        ("dont know", "ab"),
        ("don't", "ab"),
        ("know café", "b"),  # in different lines
        ("cafe", "b"),
        ('"know the cafe"', "b"),
        ('"i dont know yes"', ""),  # not across lines
        ('"the know"', ""),
        ('"know the caf', "b"),
        ("是我", "c"),  # characters in this order
        ("我是", ""),
        ("jordan insurance", "a"),  # the name is one of the words
        ("Okafor", "c"),
        ("to", ""),
        ("tom", "c"),
        ("9:30", "c"),
        ("4711", "c"),
        ("zzz", ""),
        ("% _", ""),
        ("'); DROP TABLE calls_call; --", ""),
        ('a:* & b | !c "', ""),
    ],
)
def test_what_words_mean(account, text, expected):
    calls = {
        "a": spoken(account, "No insurance, I don't know.", "Yes.", name="Jordan Miller", ago=3),
        "b": spoken(account, "I don’t KNOW", "Yes, I know the Café", ago=2),
        "c": spoken(account, "是我", "Tomás at 9:30, order 4711", name="Ada Okafor", ago=1),
    }
    spoken(factories.account("Another office"), "No insurance, I don't know the Café 4711 是我 Tom", "9:30")
    assert found(account, text) == [calls[key] for key in reversed(expected)]


@pytest.mark.usefixtures("way")
def test_digits_begin_or_end_the_number_or_were_said(account):
    called = spoken(account, "Hello", to_number="+17205550142", ago=1)
    told = spoken(account, "It is 720 555, order 0142", to_number="+493012345", ago=2)
    assert found(account, "0142") == [called, told]
    assert found(account, "(720) 555-01") == found(account, "+1 720") == found(account, "5550142") == [called]
    assert found(account, "720 555") == [called, told]
    assert found(account, "4930") == [told]
    assert found(account, "2055") == []


@pytest.mark.usefixtures("way")
def test_words_and_filters_go_together(account):
    busy = spoken(account, "Call me back", disposition_tag="BUSY", ago=1)
    good = spoken(account, "Call me back", disposition_tag="COMPLETED_ACTION", ago=2)
    assert found(account, "back") == [busy, good]
    assert queries.page(account, Filters(text="back"), window=(None, good.created_at + timedelta(seconds=1)), now=now()).calls == [good]
    assert found(account, "back", states=("busy",)) == []
    assert set(found(account, "back", states=("done",))) == {busy, good}


def test_a_call_that_is_not_over_is_found_by_name_and_number_alone(account):
    live = factories.call(account, state=State.STARTED, callee_name="Elena Park", to_number="+17205550142")
    Utterance.objects.create(call=live, seq=1, speaker="user", text="Insurance", start_ms=0, end_ms=1)
    waiting = factories.call(account, state=State.QUEUED, callee_name="Elena Ruiz")

    def shown(text: str) -> set[Call]:
        page = queries.page(account, Filters(text=text), window=(None, None), now=now())
        return {*page.live, *page.calls}

    assert shown("elena") == {live, waiting}
    assert shown("555-0142") == {live}
    assert shown("insurance") == set()


@pytest.mark.usefixtures("way")
def test_pages_of_a_search_hold_every_call_once_in_both_directions(account):
    same = now() - timedelta(days=20)
    calls = [spoken(account, "Yes, gladly", ago=n * 3000) for n in range(12)]
    calls += [spoken(account, "Yes, gladly", created_at=same) for _ in range(6)]
    for n in range(8):
        spoken(account, "No", ago=n * 500)
    expected = sorted(calls, key=lambda c: (c.created_at, c.pk), reverse=True)
    window, seen, pages, before = (None, None), [], [], None
    while True:
        page = queries.page(account, Filters(text="gladly"), window=window, now=now(), before=before, size=5)
        seen += page.calls
        pages.append(page)
        before = page.older
        if before is None:
            break
    assert seen == expected
    back = queries.page(account, Filters(text="gladly"), window=window, now=now(), after=pages[-1].newer, size=5)
    assert back.calls == pages[-2].calls
    assert queries.page(account, Filters(text="gladly"), window=window, now=now(), after=back.newer, size=5).calls == pages[-3].calls


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("newest", [True, False])
def test_a_search_that_finds_little_stops_and_can_go_on(account, monkeypatch, newest):
    monkeypatch.setattr(finding, "BATCH", 2)
    calls = [spoken(account, "Yes", ago=n) for n in range(9)]
    wanted = calls[6 if newest else 2]
    Call.objects.filter(pk=wanted.pk).update(disposition_tag="RARE")
    matching, seen, rounds = Call.objects.filter(account=account, disposition_tag="RARE"), [], 0
    while True:
        found = finding.find(account, matching, "yes", enough=5, newest=newest, budget=0)
        seen += found.ids
        rounds += 1
        if found.stopped is None:
            break
        matching = matching.filter(created_at__lte=found.stopped) if newest else matching.filter(created_at__gte=found.stopped)
        assert rounds < 9
    assert set(seen) == {wanted.pk}


def test_one_search_costs_the_same_for_twice_the_calls(account):
    def grow(start: int) -> None:
        for n in range(start, start + 30):
            spoken(account, "Yes, insurance", ago=n)

    def cost() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert len(queries.page(account, Filters(text="insurance"), window=(None, None), now=now()).calls) == queries.PAGE
        return len(counted)

    grow(0)
    once = cost()
    grow(30)
    assert cost() == once <= 6


# keeping the index ----------------------------------------------------------------------------------------------------
def test_the_outcome_makes_a_call_findable(account):
    at = now()
    call = factories.call(account, state=State.COMPLETE, status="completed", answered_by="human", started_at=at, ended_at=at)
    Utterance.objects.create(call=call, seq=1, speaker="user", text="My toothache is gone", start_ms=0, end_ms=1)
    assert found(account, "toothache") == []
    assert outcomes.write_outcome(call.pk)
    assert found(account, "toothache") == [call]


def test_the_sweep_finds_what_was_missed_and_only_that(account):
    missed = spoken(account, "Missed words")
    CallText.objects.all().delete()
    Call.objects.update(words_at=None)
    unwritten = spoken(account, "Unwritten", outcome_at=None)
    Call.objects.filter(pk=unwritten.pk).update(words_at=None)
    factories.call(account, state=State.STARTED)
    assert index.sweep() == 1
    assert found(account, "missed") == [missed]
    assert index.sweep() == 0


def test_indexing_twice_and_rebuilding_change_nothing(account):
    call, other = spoken(account, "Same words", name="Ada"), spoken(account, "Other")
    index.index(call.pk)
    before = list(CallText.objects.order_by("place").values_list("place", "call", "text"))
    assert list(index.rebuild()) == [2]
    assert list(CallText.objects.order_by("place").values_list("place", "call", "text")) == before
    assert found(account, "same") == [call]
    Utterance.objects.filter(call=other).update(text="Corrected")
    index.index(other.pk)
    assert found(account, "other") == []
    assert found(account, "corrected") == [other]


def test_a_rebuild_mends_an_index_that_lost_its_rows(account):
    call = spoken(account, "Lost words")
    CallText.objects.all().delete()
    silent = factories.call(account, state=State.COMPLETE, ended_at=now(), outcome_at=now())
    assert list(index.rebuild(account)) == [2]
    assert found(account, "lost") == [call]
    assert silent.words_at is None  # as it was read; the row knows better
    assert not Call.objects.filter(words_at=None).exists()


def test_a_deleted_call_takes_its_words_along(account):
    call = spoken(account, "Delete me")
    call.delete()
    assert not CallText.objects.exists()
    assert found(account, "delete") == []


def test_two_calls_of_one_moment_whose_ids_end_alike(account):
    at = now()
    first = spoken(account, "Twin", created_at=at)
    spoken(account, "Twin", created_at=at, pk=first.pk + 1024)
    assert CallText.objects.count() == len(found(account, "twin")) == 2


# what programs ask ----------------------------------------------------------------------------------------------------
def test_programs_find_the_same_calls_within_their_filters(client, account, key):
    older, newer = spoken(account, "My toothache is gone", ago=5), spoken(account, "Toothache", ago=1, status="failed")
    spoken(account, "Nothing")
    spoken(factories.account("Another office"), "Toothache")

    def asked(query: str) -> tuple[int, list[str]]:
        answer = client.get(f"/v1/calls?{query}", headers={"Authorization": key}).json()
        return answer["total_count"], [call["call_id"] for call in answer["calls"]]

    assert asked("search=toothach") == (2, [str(newer.uid), str(older.uid)])
    assert asked("search=toothache&status=completed") == (1, [str(older.uid)])
    assert asked("search=toothache&ascending=true&limit=1") == (2, [str(older.uid)])
    assert asked("search=%22is+gone%22") == (1, [str(older.uid)])
    assert asked("search=zzz") == (0, [])
