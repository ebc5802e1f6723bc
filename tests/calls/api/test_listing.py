from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from calls import criteria
from calls.api import filters, queries
from calls.models import Call, CallTag, Recording
from calls.states import State
from personas.models import Persona
from tests import factories

DAY = datetime(2026, 3, 10, 12, tzinfo=UTC)


def ids(response) -> list[str]:
    assert response.status_code == 200, response.content
    return [c["call_id"] for c in response.json()["calls"]]


def test_newest_first_with_counts(api, account, strangers_call):
    old = factories.call(account, created_at=DAY)
    new = factories.call(account, created_at=DAY + timedelta(hours=1))
    response = api.get("/v1/calls")
    body = response.json()
    assert ids(response) == [str(new.uid), str(old.uid)]
    assert (body["total_count"], body["count"]) == (2, 2)
    assert list(body) == ["total_count", "count", "calls"]
    assert ids(api.get("/v1/calls?ascending=true")) == [str(old.uid), str(new.uid)]


def test_item_has_the_fields_clients_read(api, account):
    factories.call(account, duration_ms=40_000, state="complete", status="completed", error_message="", answered_by="human")
    item = api.get("/v1/calls").json()["calls"][0]
    assert item["call_id"] == item["c_id"]
    assert item["call_length"] == 0.6667
    assert item["corrected_duration"] == "40"
    assert (item["completed"], item["queue_status"], item["status"]) == (True, "complete", "completed")
    assert (item["error_message"], item["answered_by"], item["batch_id"], item["inbound"]) == (None, "human", None, False)
    assert "transcripts" not in item and "concatenated_transcript" not in item


@pytest.fixture
def two(account):
    """One call that every filter below finds, one that none finds."""
    persona = Persona.objects.create(account=account, name="June")
    found = factories.call(
        account,
        created_at=DAY,
        to_number="+14155550142",
        from_number="+16505550199",
        state="complete",
        status="busy",
        answered_by="voicemail",
        call_ended_by="USER",
        duration_ms=90_000,
        price="0.1500",
        error_message="The line failed: 503",
        disposition_tag="BUSY",
        batch_id=uuid4(),
        persona=persona,
        needs_person=[{"reason": "complaint", "text": "A complaint"}],
        config={"request_data": {"plan": "gold", "visits": 3, "we'ird key": "x"}, "analysis_schema": {"email": "string"}},
        variables={"learnt": True},
    )
    CallTag.objects.create(account=account, call=found, name="vip")
    Recording.objects.create(call=found, state=Recording.READY)
    other = factories.call(account, created_at=DAY - timedelta(days=30), to_number="+442079460000", state="queued")
    CallTag.objects.create(account=account, call=other, name="other")
    Recording.objects.create(call=other, state=Recording.DELETED)
    return found


@pytest.mark.parametrize(
    "query",
    [
        "to_number=%2B14155550142",
        "to_number=+14155550142",
        "to_number=14155550142",
        "to_number=4155550142",
        "to_number=(415) 555-0142",
        "from_number=%2B16505550199",
        "completed=true",
        "completed=1",
        "queue_status=completed",
        "queue_status=complete",
        "status=busy",
        "answered_by=Voicemail",
        "call_ended_by=user",
        "duration_gt=1.4",
        "duration_gt=0.5&duration_lt=2",
        "cost_gt=0.1",
        "cost_lt=0.2",
        "error_message=line failed",
        "disposition_tag=BUSY",
        "start_date=2026-03-10",
        "start_date=2026-03-10T12:00:00Z",
        "start_date=2026-03-10T14:00:00 02:00",
        "start_date=2026-03-01&end_date=2026-03-10",
        "created_at=2026-03-10",
        "created_at=2026-03-11&timezone=Pacific/Kiritimati",
        "tag=vip",
        "needs_person=true",
        "recorded=true",
        'variables={"plan":"gold"}',
        'variables={"plan":"gold","visits":3}',
        'variables={"visits":"3"}',
        "variables=visits=3",
        'variables={"learnt":true}',
        "variables=learnt=true",
        'variables={"we\'ird key":"x"}',
        'analysis_schema={"email":"string"}',
    ],
)
def test_filters_find_and_leave_out(api, two, query):
    assert ids(api.get(f"/v1/calls?{query}")) == [str(two.uid)]


def test_filters_by_id(api, two):
    for query in (f"call_id={two.uid}", f"batch_id={two.batch_id}", f"persona_id={two.persona.uid}"):
        assert ids(api.get(f"/v1/calls?{query}")) == [str(two.uid)]
    for query in (f"call_id={uuid4()}", f"pathway_id={uuid4()}", "inbound=true", "campaign_id=spring", "end_date=2026-01-01"):
        assert ids(api.get(f"/v1/calls?{query}")) == []
    assert len(ids(api.get("/v1/calls?inbound=false&answered_by="))) == 2, "an empty value is no filter"


def test_json_is_looked_for_in_so_many_of_the_newest_calls_that_the_others_leave(api, account, monkeypatch, two):
    monkeypatch.setattr(criteria, "REACH", 2)
    for n in range(3):
        factories.call(account, created_at=DAY + timedelta(hours=n + 1))
    assert ids(api.get("/v1/calls?variables=plan=gold")) == [], "three newer ones were looked through"
    assert ids(api.get("/v1/calls?variables=plan=gold&status=busy")) == [str(two.uid)]


def test_what_fits_none_of_them_is_left_out(api, two):
    for query in (
        "variables=plan=silver",
        'variables={"plan":"gold","visits":4}',
        "analysis_schema=email=int",
        "tag=VIP",
        "recorded=false",
    ):
        assert str(two.uid) not in ids(api.get(f"/v1/calls?{query}"))


def test_a_strangers_call_is_never_found(api, strangers_call):
    assert ids(api.get(f"/v1/calls?call_id={strangers_call.uid}")) == []


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("limit=0", "limit must be an integer from 1 to 1000."),
        ("limit=1001", "limit must be an integer from 1 to 1000."),
        ("limit=ten", "limit must be an integer from 1 to 1000."),
        ("from=-1", "from must be an integer of 0 or more."),
        ("from=5&to=5", "to must be greater than from."),
        ("completed=maybe", "completed must be true or false."),
        ("answered_by=robot", "answered_by must be one of human, voicemail, unknown, no-answer."),
        ("status=done", "status must be one of completed, failed, busy, no-answer, canceled, unknown."),
        ("sort_by=price", "sort_by must be one of created_at, updated_at."),
        ("duration_gt=long", "duration_gt must be a number of 0 or more."),
        ("duration_gt=nan", "duration_gt must be a number of 0 or more."),
        ("duration_lt=1e400000", "duration_lt must be a number of 0 or more."),
        ("start_date=yesterday", "start_date must be a date (YYYY-MM-DD) or a moment in ISO 8601."),
        ("start_date=2026-02-30", "start_date must be a date (YYYY-MM-DD) or a moment in ISO 8601."),
        ("start_date=0001-01-01", "start_date must be a date (YYYY-MM-DD) or a moment in ISO 8601."),
        ("created_at=2026-03-10&end_date=2026-03-11", "created_at cannot be combined with start_date or end_date."),
        ("timezone=Mars/Olympus", "timezone must be the name of a time zone, such as America/Los_Angeles."),
        ("timezone=../../etc/passwd", "timezone must be the name of a time zone, such as America/Los_Angeles."),
        ("call_id=7", "call_id must be an id (a UUID)."),
        ("to_number=abc", "to_number must be a phone number."),
        ("error_message=%00", "error_message must be a text of at most 300 characters."),
        ("needs_person=perhaps", "needs_person must be true or false."),
        ("variables=gold", "variables must be a JSON object of at most 5 names and plain values, or name=value."),
        ('variables={"a":[1]}', "variables must be a JSON object of at most 5 names and plain values, or name=value."),
        ('variables={"a":"\\u0000"}', "variables must be a JSON object of at most 5 names and plain values, or name=value."),
        ("variables={}", "variables must be a JSON object of at most 5 names and plain values, or name=value."),
        ("analysis_schema={{{", "analysis_schema must be a JSON object of at most 5 names and plain values, or name=value."),
        ("answred_by=human", "Unknown query parameter: answred_by."),
    ],
)
def test_bad_values_are_refused_in_words(api, query, message):
    response = api.get(f"/v1/calls?{query}")
    assert response.status_code == 400
    assert response.json() == {"status": "error", "message": message}


def test_window(api, account):
    made = [factories.call(account, created_at=DAY + timedelta(minutes=n)) for n in range(6)]
    oldest_first = [str(c.uid) for c in made]
    assert ids(api.get("/v1/calls?ascending=true&from=1&to=3")) == oldest_first[1:3]
    assert ids(api.get("/v1/calls?ascending=true&from=4")) == oldest_first[4:]
    assert ids(api.get("/v1/calls?ascending=true&limit=2&to=5")) == oldest_first[:2]
    body = api.get("/v1/calls?from=100").json()
    assert body == {"total_count": 6, "count": 0, "calls": []}


def test_order_is_total_so_that_pages_neither_repeat_nor_lose_a_call(api, account):
    made = {str(factories.call(account, created_at=DAY).uid) for _ in range(6)}
    for sort in ("created_at", "updated_at"):
        pages = [ids(api.get(f"/v1/calls?sort_by={sort}&from={n}&limit=2")) for n in (0, 2, 4)]
        assert {i for page in pages for i in page} == made
        assert queries.listing(account, filters.Listing(filters.Q(), sort_by=sort))[0] == 6


def test_sort_by_the_last_change(api, account):
    older = factories.call(account, created_at=DAY, state="complete", ended_at=DAY + timedelta(days=2))
    newer = factories.call(account, created_at=DAY + timedelta(days=1))
    response = api.get("/v1/calls?sort_by=updated_at")
    assert ids(response) == [str(older.uid), str(newer.uid)]
    assert response.json()["calls"][0]["updated_at"] == "2026-03-12T12:00:00.000Z"


def test_fields_can_be_left_out(api, account):
    factories.call(account, config={"metadata": {"a": 1}})
    item = api.get("/v1/calls?exclude_fields=variables,metadata&exclude_fields=summary&exclude_fields=nonsense").json()["calls"][0]
    assert not {"variables", "metadata", "summary"} & item.keys()
    assert "call_id" in item


def test_query_count_does_not_grow(api, account, django_assert_num_queries):
    persona = Persona.objects.create(account=account, name="June")

    def more(count: int) -> None:
        for _ in range(count):
            first = factories.call(account, persona=persona)
            factories.call(account, retry_of=first, state=State.COMPLETE, ended_at=now())

    more(5)
    api.get("/v1/calls")  # the key's last use is written now and then
    with django_assert_num_queries(3):  # key, count, rows
        assert len(ids(api.get("/v1/calls"))) == 10
    more(5)
    with django_assert_num_queries(3):
        assert len(ids(api.get("/v1/calls"))) == 20


def test_every_filter_says_what_it_does():
    assert len({f.name for f in filters.FILTERS}) == len(filters.FILTERS)
    for known in filters.FILTERS:
        assert known.help.endswith(".")
        assert known.schema["type"] in ("string", "integer", "number", "boolean")


def test_every_index_of_a_filter_gives_the_whole_order():
    """Else SQLite takes the index of the unfiltered list, because that gives the order, and reads every call of the account."""
    ordered = [index.fields for index in Call._meta.indexes if "-created_at" in index.fields]
    assert len(ordered) >= 7
    assert all(fields[fields.index("-created_at") + 1] == "-id" for fields in ordered)


def test_active_calls_name_the_condition_of_their_index(account):
    with CaptureQueriesContext(connection) as made:
        queries.active(account)
    condition = next(index.condition for index in Call._meta.indexes if index.name == "call_active")
    assert condition == filters.Q(ended_at=None)
    assert '"ended_at" IS NULL' in made[0]["sql"]
