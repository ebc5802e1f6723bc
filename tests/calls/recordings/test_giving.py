"""Who gets the sound of a call, in which shape: programs with a key, whoever has a link, people on the page; whole or in part."""

import io
import re
import wave
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient
from django.utils.timezone import now

from calls.models import Recording
from calls.recordings import links, rows, serving
from calls.recordings.files import path_of
from config.models import ApiKey
from tests import factories
from tests.calls.recordings import kit

live = pytest.mark.django_db(transaction=True)
ALIASES = ["/v1/calls/{}/recording", "/v1/calls/{}/recording/", "/v1/recordings/{}", "/v1/recording/{}"]
GONE = {"data": None, "errors": [{"error": "CALL_RECORDING_NOT_FOUND", "message": "Call recording not found"}]}


async def body(answer) -> bytes:
    return b"".join([block async for block in answer.streaming_content]) if answer.streaming else answer.content


@pytest.fixture
def heard(ended) -> Recording:
    return kit.recorded(ended)


@pytest.fixture
def whole(heard) -> bytes:
    return path_of(heard).read_bytes()


# programs ------------------------------------------------------------------------------------------------------------
@live
@pytest.mark.parametrize("address", ALIASES)
@pytest.mark.parametrize(
    "headers", [{}, {"accept": "*/*"}, {"accept": "audio/mpeg"}, {"content-type": "audio/wav", "accept": "application/json"}]
)
async def test_a_program_gets_the_sound(ended, whole, key, address, headers):
    answer = await AsyncClient().get(address.format(ended.uid), headers={"authorization": key, **headers})
    assert (answer.status_code, answer["Content-Type"]) == (200, "audio/wav")
    got = await body(answer)
    assert got == whole and answer["Content-Length"] == str(len(whole))
    with wave.open(io.BytesIO(got)) as sound:
        assert (sound.getnchannels(), sound.getframerate(), sound.getnframes()) == (2, 8_000, 32_000)


@live
@pytest.mark.parametrize("headers", [{"accept": "application/json"}, {"content-type": "application/json"}])
async def test_or_an_address_that_needs_no_key(ended, whole, key, settings, headers):
    settings.BASE_URL = "https://parley.example"
    asked = await AsyncClient().get(f"/v1/calls/{ended.uid}/recording", headers={"authorization": key, **headers})
    told = asked.json()
    assert set(told) == {"status", "url"} and told["status"] == "success"
    assert told["url"].startswith(f"https://parley.example/recordings/{ended.uid}.wav?")
    answer = await AsyncClient().get(told["url"].removeprefix("https://parley.example"))
    assert answer.status_code == 200 and await body(answer) == whole


@pytest.mark.parametrize("state", ["none", "writing", "failed", "deleted", "file gone", "a stranger's", "no id"])
def test_there_is_none(client, ended, key, state):
    uid = ended.uid
    if state == "writing":
        rows.begin(ended.pk, str(kit.path_of(ended)))
    elif state != "none":
        row = kit.recorded(ended)
        if state in ("failed", "deleted"):
            Recording.objects.update(state=state)
        elif state == "file gone":
            path_of(row).unlink()
        elif state == "a stranger's":
            key = ApiKey.issue(factories.account("Strangers Ltd"), "theirs")[1]
        else:
            uid = "nothing"
    for address in ALIASES:
        answer = client.get(address.format(uid), headers={"authorization": key})
        assert (answer.status_code, answer.json()) == (404, GONE)


def test_without_a_key(client, ended, heard):
    for address in ALIASES:
        assert client.get(address.format(ended.uid)).status_code == 401
        assert client.post(address.format(ended.uid)).status_code == 405


def test_details_and_list_name_it(client, ended, key):
    ask = {"authorization": key}
    details = client.get(f"/v1/calls/{ended.uid}", headers=ask).json()
    assert (details["recording_url"], details["recording_expiration"]) == (None, None)
    kit.recorded(ended)
    details = client.get(f"/v1/calls/{ended.uid}", headers=ask).json()
    assert details["recording_url"] == links.make(ended.uid)[0]
    assert details["recording_expiration"].endswith("T00:00:00.000Z")
    [item] = client.get("/v1/calls", headers=ask).json()["calls"]
    assert item["recording_url"] == details["recording_url"], "the same question gets the same answer"


# links ---------------------------------------------------------------------------------------------------------------
def opened(client, address: str):
    return client.get(address[address.index("/recordings/") :])


def test_a_link_opens_for_a_week(client, ended, heard, monkeypatch):
    address, until = links.make(ended.uid)
    assert timedelta(days=7) < until - now() < timedelta(days=8)
    assert opened(client, address).status_code == 200
    for at, status in ((until - timedelta(seconds=1), 200), (until, 410)):
        monkeypatch.setattr(links.timezone, "now", lambda at=at: at)
        assert opened(client, address).status_code == status


def test_a_link_that_was_tampered_with(client, ended, heard, account):
    other = factories.call(account, ended_at=now(), started_at=now())
    kit.recorded(other)
    address, _ = links.make(ended.uid)
    until = re.search(r"until=(\d+)", address)[1]
    wrong = [
        address.replace(str(ended.uid), str(other.uid)),
        address.replace(until, str(int(until) + 86_400)),
        address[:-1] + ("A" if address[-1] != "A" else "B"),
        address.partition("?")[0],
        address.replace(until, "x" * 400),
        address.replace(until, "²"),
    ]
    answers = [opened(client, each) for each in wrong]
    assert [(a.status_code, a.content) for a in answers] == [(410, answers[0].content)] * len(wrong)


def test_a_link_survives_a_new_secret_key_as_far_as_the_old_one_is_kept(client, ended, heard, settings):
    address, _ = links.make(ended.uid)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert opened(client, address).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert opened(client, address).status_code == 410


def test_what_was_deleted_opens_for_nobody(client, signed_in, ended, heard, member, django_capture_on_commit_callbacks):
    address, _ = links.make(ended.uid)
    with django_capture_on_commit_callbacks(execute=True):
        rows.delete(ended, member("editor").user)
    assert opened(client, address).status_code == 410
    assert signed_in("admin").get(f"/calls/{ended.uid}/recording").status_code == 404


# people --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["viewer", "operator", "editor", "admin"])
def test_every_member_may_hear_it(signed_in, ended, heard, role):
    answer = signed_in(role).get(f"/calls/{ended.uid}/recording")
    assert (answer.status_code, answer["Content-Type"]) == (200, "audio/wav")
    assert answer["Content-Disposition"].startswith("inline") and answer["X-Content-Type-Options"] == "nosniff"
    kept = signed_in(role).get(f"/calls/{ended.uid}/recording?download")
    assert kept["Content-Disposition"] == f'attachment; filename="{serving.filename(ended)}"'


def test_a_stranger_does_not(client, ended, heard, stranger):
    assert client.get(f"/calls/{ended.uid}/recording").status_code == 302
    client.force_login(stranger)
    assert client.get(f"/calls/{ended.uid}/recording").status_code == 404
    assert client.post(f"/calls/{ended.uid}/recording/delete").status_code == 404
    assert Recording.objects.get().state == "ready"


@pytest.mark.parametrize(("role", "status", "state"), [("viewer", 403, "ready"), ("operator", 403, "ready"), ("editor", 303, "deleted")])
def test_who_may_delete_it(signed_in, ended, heard, role, status, state):
    client = signed_in(role)
    assert client.post(f"/calls/{ended.uid}/recording/delete").status_code == status
    assert Recording.objects.get().state == state
    if role == "editor":
        again = client.post(f"/calls/{ended.uid}/recording/delete", follow=True)
        assert "There is no recording to delete." in again.content.decode()


# parts ---------------------------------------------------------------------------------------------------------------
@live
@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-", 0, -1),
        ("bytes=0-0", 0, 0),
        ("bytes=44-1043", 44, 1_043),
        ("bytes=100000-999999999", 100_000, -1),
        ("bytes=-16", -16, -1),
    ],
)
async def test_a_part(ended, whole, key, asked, first, last):
    first, last = first % len(whole), last % len(whole)
    answer = await AsyncClient().get(f"/v1/recordings/{ended.uid}", headers={"authorization": key, "range": asked})
    assert (answer.status_code, answer["Content-Range"]) == (206, f"bytes {first}-{last}/{len(whole)}")
    assert await body(answer) == whole[first : last + 1] and answer["Content-Length"] == str(last - first + 1)


@pytest.mark.parametrize("asked", ["bytes=128044-", "bytes=999999999-", "bytes=-0", f"bytes={'9' * 4000}-"])
def test_a_part_that_is_not_there(signed_in, ended, heard, asked):
    answer = signed_in().get(f"/calls/{ended.uid}/recording", headers={"range": asked})
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{heard.size}")


@pytest.mark.parametrize("asked", ["", "bytes=", "bytes=-", "bytes=5-4", "items=0-1", "bytes=0-1,4-5", "bytes=a-b"])
def test_what_is_no_part_gets_the_whole(signed_in, ended, heard, asked):
    answer = signed_in().get(f"/calls/{ended.uid}/recording", headers={"range": asked})
    assert (answer.status_code, answer["Content-Length"], answer["Accept-Ranges"]) == (200, str(heard.size), "bytes")


def test_a_part_of_another_file_than_the_client_holds(signed_in, ended, heard):
    client = signed_in()
    tag = client.head(f"/calls/{ended.uid}/recording")["ETag"]
    for held, status in ((tag, 206), ('"other"', 200)):
        answer = client.get(f"/calls/{ended.uid}/recording", headers={"range": "bytes=0-9", "if-range": held})
        assert answer.status_code == status


def test_head_says_what_get_would(signed_in, ended, heard):
    client = signed_in()
    for headers in ({}, {"range": "bytes=5-"}):
        head, get = (ask(f"/calls/{ended.uid}/recording", headers=headers) for ask in (client.head, client.get))
        names = ("Content-Length", "Content-Range", "ETag", "Accept-Ranges", "Content-Type")
        assert head.status_code == get.status_code and [head.get(n) for n in names] == [get.get(n) for n in names]


@live
async def test_a_listener_who_leaves_does_not_hold_the_file(ended, whole, key):
    answer = await AsyncClient().get(f"/v1/recordings/{ended.uid}", headers={"authorization": key})
    blocks = answer.streaming_content
    assert len(await anext(blocks)) == serving.BLOCK
    [close] = [each for each in answer._resource_closers if hasattr(getattr(each, "__self__", None), "fileno")]
    await sync_to_async(answer.close)()
    assert close.__self__.closed
