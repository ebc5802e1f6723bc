"""A client that carries the key of `account`, and one of strangers."""

import json

import pytest
from django.test import Client

from config.models import ApiKey
from tests import factories


class Api:
    """Sends and reads JSON. `errors` of the last answer are its messages."""

    def __init__(self, key: str) -> None:
        self.client = Client(headers={"authorization": key})

    def ask(self, method: str, path: str, body: object = None):
        kind = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return getattr(self.client, method)(f"/v1/personas{path}", **kind)

    def get(self, path: str = ""):
        return self.ask("get", path)

    def post(self, path: str = "", body: object = None):
        return self.ask("post", path, body)


@pytest.fixture
def api(key) -> Api:
    return Api(key)


@pytest.fixture
def strangers(db) -> Api:
    return Api(ApiKey.issue(factories.account("Strangers Ltd"), "theirs")[1])
