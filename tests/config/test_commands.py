"""create_api_key and sign_in_link: the secret is the last line alone, and works."""

import io

import pytest
from django.core.management import CommandError, call_command

from config.models import ApiKey, SignInLink, digest
from config.supervisor import first_run


def run(*args, **options) -> list[str]:
    out = io.StringIO()
    call_command(*args, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue().splitlines()


def test_the_key_is_the_only_line_and_only_its_digest_is_kept(account):
    (secret,) = run("create_api_key", "shop", "--expires", "30")
    key = ApiKey.objects.get(digest=digest(secret))
    assert key.account == account
    assert key.expires_at is not None
    assert secret not in str(key.__dict__)


@pytest.mark.parametrize("days", ["0", "-1"])
def test_a_key_cannot_be_born_expired(account, days):
    with pytest.raises(CommandError, match="from 1 on"):
        run("create_api_key", "shop", f"--expires={days}")


@pytest.mark.django_db
def test_without_an_account_the_reason_is_told():
    with pytest.raises(CommandError, match="no such account"):
        run("create_api_key", "shop")


def test_a_link_works_once(member):
    user = member("admin").user
    (link,) = run("sign_in_link")
    token = link.rpartition("/")[2]
    assert SignInLink.redeem(token) == user
    assert SignInLink.redeem(token) is None


@pytest.mark.django_db
def test_the_first_run_makes_one_office_and_the_second_none():
    admin = first_run.make()
    assert admin is not None
    assert admin.memberships.get().role == "admin"
    persona = admin.memberships.get().account.personas.get()
    assert list(persona.versions.order_by("number").values_list("number", "state")) == [(1, "production"), (2, "draft")]
    assert persona.production.config["tools"][0].startswith("KB-")
    pathway = persona.account.pathways.get()
    assert (pathway.production.number, pathway.production.frozen, pathway.production.published_by) == (1, True, admin)
    assert first_run.make() is None
