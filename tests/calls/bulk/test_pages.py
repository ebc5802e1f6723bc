"""From ticks to a result: the question with its number, the work, its page, its file; what each role may."""

import re

import pytest

from calls import tasks
from calls.bulk import jobs
from calls.models import Call, CallJob, CallTag

ASK, WORK = "/calls/bulk", "/calls/work"


def hidden(html: str) -> dict[str, list[str]]:
    """What the form of the question carries."""
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html):
        fields.setdefault(name, []).append(value)
    return {name: values for name, values in fields.items() if name != "csrfmiddlewaretoken"}


def asked(client, deed: str, **fields) -> str:
    answer = client.post(ASK, {"deed": deed, **fields})
    assert answer.status_code == 200
    return answer.content.decode()


def ours(html: str) -> dict[str, list[str]]:
    return hidden(html[html.index('action="/calls/work"') :])


def test_ticked_calls_from_the_question_to_the_result(signed_in, over):
    calls = over(3)
    client = signed_in("operator")
    html = asked(client, jobs.TAG, call=[str(calls[0].uid), str(calls[1].uid), "nonsense"])
    assert "Tag 2 calls" in html and "Take it off" in html
    answer = client.post(WORK, {**ours(html), "deed": "tag", "tag": " vip "})
    job = CallJob.objects.get()
    assert answer["Location"] == f"{WORK}/{job.uid}"
    assert "Waits for its turn" in client.get(answer["Location"]).content.decode()
    tasks.work_on_calls(job.pk)
    page = client.get(answer["Location"]).content.decode()
    assert "2 calls tagged" in page and "Tag 2 calls “vip”" in page and "hx-trigger" not in page[page.index('id="work"') :][:300]
    assert CallTag.objects.count() == 2
    assert "2 calls tagged" in client.get(WORK).content.decode()


def test_all_of_the_filters_keeps_to_what_was_asked(signed_in, over):
    over(3, status="busy")
    client = signed_in("operator")
    html = asked(client, jobs.TAG, all="1", query="state=busy", call=[])
    assert "Tag 3 calls" in html
    over(1, status="busy")
    Call.objects.filter(pk=Call.objects.latest("pk").pk).update(created_at="2099-01-01T00:00Z")
    client.post(WORK, {**ours(html), "deed": "tag", "tag": "vip"})
    assert CallJob.objects.get().total == 3


def test_a_doubled_press_is_one_work(signed_in, over):
    over(1)
    client = signed_in("operator")
    form = ours(asked(client, jobs.SEND_AGAIN, all="1", query=""))
    first, second = client.post(WORK, form), client.post(WORK, form)
    assert first["Location"] == second["Location"] and CallJob.objects.count() == 1


def test_a_dialog_for_htmx_and_a_page_without_it(signed_in, over):
    over(1)
    client = signed_in("admin")
    part = client.post(ASK, {"deed": "delete", "all": "1"}, headers={"hx-request": "true"}).content.decode()
    assert part.startswith("<dialog") and "This cannot be undone." in part
    assert "<html" in asked(client, "delete", all="1")


@pytest.mark.parametrize("fields", [{}, {"call": "nonsense"}, {"all": "1", "query": "state=busy"}])
def test_without_a_call_there_is_nothing_to_ask(signed_in, over, fields):
    over(1)
    assert signed_in("operator").post(ASK, {"deed": "tag", **fields}).status_code == 303


def test_no_tag_is_told_on_the_form(signed_in, over):
    over(1)
    client = signed_in("operator")
    answer = client.post(WORK, {**ours(asked(client, "tag", all="1")), "deed": "tag", "tag": " "})
    assert answer.status_code == 422 and "Write a word for the tag." in answer.content.decode()
    assert not CallJob.objects.exists()


@pytest.mark.parametrize(("role", "status"), [("operator", 403), ("editor", 403), ("admin", 200)])
def test_only_admins_delete(signed_in, over, role, status):
    over(1)
    client = signed_in(role)
    assert client.post(ASK, {"deed": "delete", "all": "1"}).status_code == status
    began = client.post(WORK, {"deed": "delete", "all": "1", "uid": "7d9f2f9a-0000-4000-8000-000000000001"})
    assert began.status_code == (403 if status == 403 else 303)
    listed = client.get("/calls/").content.decode()
    assert ('value="delete"' in listed) is (status == 200)


def test_the_file_is_given_to_its_office_only(client, signed_in, stranger, over):
    over(2)
    operator = signed_in("operator")
    operator.post(WORK, {**ours(asked(operator, "export", all="1")), "column": ["id", "number"]})
    job = CallJob.objects.get()
    file = f"{WORK}/{job.uid}/file"
    assert operator.get(file).status_code == 404, "not made yet"
    tasks.work_on_calls(job.pk)
    answer = operator.get(file)
    body = b"".join(answer.streaming_content) if not answer.is_async else _whole(answer)
    assert answer["Content-Type"] == "text/csv; charset=utf-8" and answer["Content-Length"] == str(len(body))
    assert re.match(r'attachment; filename="calls-\d{4}-\d\d-\d\d-\w{8}\.csv"', answer["Content-Disposition"])
    assert body.decode("utf-8-sig").splitlines()[0] == "id,number" and len(body.splitlines()) == 3
    client.force_login(stranger)
    assert client.get(file).status_code == 404 and client.get(f"{WORK}/{job.uid}").status_code == 404
    assert client.get(WORK).context["works"] == []


def _whole(answer) -> bytes:
    from asgiref.sync import async_to_sync

    async def read() -> bytes:
        return b"".join([piece async for piece in answer.streaming_content])

    return async_to_sync(read)()


def test_stopped_by_a_button(signed_in, over):
    over(1)
    client = signed_in("operator")
    client.post(WORK, ours(asked(client, "send_again", all="1")))
    job = CallJob.objects.get()
    assert client.post(f"{WORK}/{job.uid}/stop").status_code == 303
    tasks.work_on_calls(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done) == (CallJob.STOPPED, 0)
    assert "Stopped" in client.get(f"{WORK}/{job.uid}").content.decode()


def test_viewers_have_no_ticks(signed_in, over):
    over(1)
    html = signed_in("viewer").get("/calls/").content.decode()
    assert "data-ticks" not in html and 'id="bulk"' not in html and "call-ticks.js" not in html


def test_lists_cost_the_same_at_n_and_2n(signed_in, account, over, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in("operator")

    def cost() -> int:
        for n in range(3):
            CallJob.objects.create(account=account, deed="tag", given={"tag": f"t{n}"}, state="done")
        with CaptureQueriesContext(connection) as counted:
            client.get(WORK)
        return len(counted)

    client.get(WORK)
    assert cost() == cost() <= 5


def test_the_sweep_takes_what_the_broker_lost(begun, over):
    over(1)
    job = begun(jobs.TAG, tag="vip")
    tasks.sweep_work()
    job.refresh_from_db()
    assert job.state == CallJob.DONE
