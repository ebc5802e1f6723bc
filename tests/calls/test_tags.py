"""Words that people put on calls: one by one, on the page and in the API."""

import pytest

from calls import tags
from calls.models import CallTag
from config.models import ApiKey
from tests import factories


def of(call) -> list[str]:
    return tags.of(call)


def test_put_and_taken_on_the_call_page(signed_in, account):
    call = factories.call(account)
    client = signed_in("operator")
    address = f"/calls/{call.uid}/tags"
    assert client.post(address, {"tag": "  Promised   to pay "}).status_code == 303
    assert client.post(address, {"tag": "promised to pay"}).status_code == 303, "the same in another spelling"
    assert of(call) == ["Promised to pay"]
    assert b"Promised to pay" in client.get(f"/calls/{call.uid}").content
    part = client.post(address, {"tag": "vip"}, headers={"hx-request": "true"})
    assert part.status_code == 200 and b"<html" not in part.content and b"Take off the tag vip" in part.content
    client.post(address, {"take": "Promised to pay"})
    assert of(call) == ["vip"]


@pytest.mark.parametrize(("text", "words"), [("  ", "Write a word"), ("x" * 61, "at most 60 characters")])
def test_what_is_no_tag_is_refused_in_words(signed_in, account, text, words):
    call = factories.call(account)
    answer = signed_in("operator").post(f"/calls/{call.uid}/tags", {"tag": text}, headers={"hx-request": "true"})
    assert answer.status_code == 422 and words in answer.content.decode()
    assert of(call) == []


def test_a_call_has_room_for_so_many(account):
    call = factories.call(account)
    for n in range(tags.MOST):
        tags.put(call, f"tag {n}")
    tags.put(call, "tag 3")
    with pytest.raises(ValueError, match="room for 20"):
        tags.put(call, "one more")
    assert len(of(call)) == tags.MOST


def test_viewers_see_them_and_touch_nothing(signed_in, account):
    call = factories.call(account)
    tags.put(call, "vip")
    client = signed_in("viewer")
    page = client.get(f"/calls/{call.uid}").content.decode()
    assert "vip" in page and "Take off the tag" not in page and "New tag" not in page
    assert client.post(f"/calls/{call.uid}/tags", {"tag": "x"}).status_code == 403


def test_in_the_list_and_in_the_api(client, signed_in, account):
    call, other = factories.call(account), factories.call(account)
    tags.put(call, "vip")
    listed = signed_in("viewer").get("/calls/?tag=vip").context["list"]
    assert [(row.uid, row.tags) for row in listed.rows] == [(call.uid, ("vip",))]
    key = ApiKey.issue(account, "tests")[1]
    asked = client.get("/v1/calls?tag=vip", headers={"authorization": key}).json()
    assert [c["call_id"] for c in asked["calls"]] == [str(call.uid)]
    assert client.get(f"/v1/calls/{call.uid}", headers={"authorization": key}).json()["tags"] == ["vip"]
    assert client.get(f"/v1/calls/{other.uid}", headers={"authorization": key}).json()["tags"] == []


def test_another_office_with_the_same_tag_is_not_found(signed_in, account):
    theirs = factories.call(factories.account("Strangers Ltd"))
    tags.put(theirs, "vip")
    assert signed_in("viewer").get("/calls/?tag=vip").context["list"].rows == []
    assert tags.known(account) == [] and CallTag.objects.count() == 1
