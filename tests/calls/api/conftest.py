"""A client that carries the key of `account`."""

import pytest
from django.test import AsyncClient, Client

from config.models import ApiKey
from tests import factories


@pytest.fixture
def api(key) -> Client:
    return Client(headers={"authorization": key})


@pytest.fixture
def async_get(key):
    """await async_get(path, **headers) -> an answer whose stream can be read while it grows."""

    async def get(path: str, **headers: str):
        return await AsyncClient().get(path, headers={"authorization": key, **headers})

    return get


@pytest.fixture
def strangers_call(db):
    return factories.call(factories.account("Strangers Ltd"))


@pytest.fixture
def strangers_api(strangers_call) -> Client:
    return Client(headers={"authorization": ApiKey.issue(strangers_call.account, "theirs")[1]})
