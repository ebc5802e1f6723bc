"""A client with the key of `account`, and one with a stranger's."""

import json

import pytest
from django.test import Client

from config.models import ApiKey
from pathways.making import create
from pathways.models import Pathway
from tests import factories
from tests.pathways.test_validation import SOUND


class Api:
    """`api.post(path, body)`: JSON there and back; every answer is JSON, and none is a 500."""

    def __init__(self, secret: str) -> None:
        self.client = Client(headers={"authorization": secret})

    def ask(self, method: str, path: str, body=None):
        raw = body if isinstance(body, str | bytes) else json.dumps({} if body is None else body)
        answer = self.client.generic(method, f"/v1/{path}", raw if method != "GET" else "", content_type="application/json")
        assert answer.status_code != 500, answer.content
        return answer.status_code, json.loads(answer.content)

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, body=None):
        return self.ask("POST", path, body)

    def delete(self, path):
        return self.ask("DELETE", path)

    def good(self, method, path, body=None):
        status, answer = self.ask(method, path, body)
        assert status == 200, answer
        return answer


@pytest.fixture
def api(key) -> Api:
    return Api(key)


@pytest.fixture
def strangers_api(db) -> Api:
    return Api(ApiKey.issue(factories.account("Strangers Ltd"), "theirs")[1])


@pytest.fixture
def reminder(account) -> Pathway:
    return create(account, "Reminder", "Before a visit", graph=SOUND).pathway
