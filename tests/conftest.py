"""Fixtures of every test: one account with the fixed cast, no broker, no network."""

import os

os.environ.setdefault("DATABASE_POOL", "0")
os.environ.setdefault("SIM_SPEED", "0")
os.environ.pop("REDIS_URL", None)

import pytest

from config.models import Account, ApiKey, Member, User
from tests import factories


@pytest.fixture(autouse=True)
def _fast_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def account(db) -> Account:
    return factories.account()


@pytest.fixture
def key(account) -> str:
    """The secret of a valid API key of `account`."""
    return ApiKey.issue(account, "tests")[1]


@pytest.fixture
def member(account):
    """member("operator") -> a Member of `account` with that role; the user's password is 'correct horse'."""

    def make(role: str = "admin") -> Member:
        return factories.member(account, role)

    return make


@pytest.fixture
def signed_in(client, member):
    """signed_in("viewer") -> a Django test client signed in as a member with that role."""

    def make(role: str = "admin"):
        client.force_login(member(role).user)
        return client

    return make


@pytest.fixture
def stranger(db) -> User:
    """Somebody with an account of their own and no part in `account`."""
    return factories.member(factories.account("Strangers Ltd"), "admin").user
