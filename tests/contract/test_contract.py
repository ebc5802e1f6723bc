"""Every case of the contract over HTTP. CONTRACT_CASES=file runs another file of the same form."""

import json
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from calls.models import Call
from tests import http
from tests.contract import setups

FILE = Path(os.environ.get("CONTRACT_CASES") or Path(__file__).parent / "send-call.json")
CONTRACT = json.loads(FILE.read_text())


def filled(value, names):
    """`value` with {key}, {pathway}, {persona} and {now+Ns} replaced, in every text of it."""
    if isinstance(value, dict):
        return {key: filled(part, names) for key, part in value.items()}
    if isinstance(value, list):
        return [filled(part, names) for part in value]
    if not isinstance(value, str):
        return value
    for name, known in names.items():
        value = value.replace(f"{{{name}}}", known)
    return re.sub(r"\{now\+(\d+)s\}", lambda match: _ahead(int(match[1])), value)


def _ahead(seconds):
    return (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S +00:00")


def send(request, world):
    headers = {"authorization": world.secret, **filled(request.get("headers", {}), world.names)}
    given = {name: value for name, value in headers.items() if value is not None}
    return http.post("/v1/calls", request["raw"] if "raw" in request else filled(request["body"], world.names), given)


# The view runs in a thread of its own. With available_apps the tables are emptied without the handlers of post_migrate: much faster.
@pytest.mark.django_db(transaction=True, available_apps=settings.INSTALLED_APPS)
@pytest.mark.parametrize("case", CONTRACT["cases"], ids=lambda case: case["id"])
def test_case(case):
    world = setups.fresh()
    for word in case.get("setup", ()):
        setups.make(world, word)
    before = Call.objects.count()
    answer = send(case["request"], world)
    expect = filled(case["expect"], world.names)
    body = answer.body
    assert answer.status == expect["status"], body
    assert answer.headers["x-request-id"]
    if "message" in expect:
        assert body["message"] == expect["message"]
    if "message_any" in expect:
        assert body["message"] in expect["message_any"]
    if "errors" in expect:
        assert body["errors"] == expect["errors"]
    for name, value in expect.get("json", {}).items():
        assert body[name] == value
    for name in expect.get("has", ()):
        assert body[name] is not None
    if answer.status == 200:
        call = Call.objects.get(uid=body["call_id"])
        assert (call.state, Call.objects.count()) == ("queued", before + 1)
    else:
        assert Call.objects.count() == before


def test_every_setup_word_is_known():
    used = {word for case in CONTRACT["cases"] for word in case.get("setup", ())}
    assert used | set(CONTRACT.get("setups", ())) <= set(setups.SETUPS)
