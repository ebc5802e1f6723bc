"""What every page carries, and for whom."""

import pytest
from django.urls import reverse

from config.kit import nav
from config.models import AuditEntry, Member
from tests import factories


def test_the_rehearsal_is_told_on_every_page(signed_in):
    client = signed_in("viewer")
    for path in ("/", "/settings/profile"):
        assert "Rehearsal<span" in client.get(path).content.decode()


def test_the_theme_of_the_person_is_on_the_page(signed_in):
    client = signed_in("viewer")
    assert "data-theme=" not in client.get("/").content.decode()
    client.post("/settings/theme", {"theme": "dark"})
    assert '<html lang="en" data-theme="dark">' in client.get("/").content.decode()


def test_an_unknown_theme_is_refused(signed_in):
    assert signed_in("viewer").post("/settings/theme", {"theme": "pink"}).status_code == 400


def test_the_theme_form_works_without_javascript(signed_in):
    answer = signed_in("viewer").post("/settings/theme", {"theme": "light", "next": "/settings/profile"})
    assert (answer.status_code, answer.url) == (303, "/settings/profile")


@pytest.mark.parametrize("role", ["viewer", "operator", "editor", "admin"])
def test_the_rail_leads_only_where_the_role_may_go(signed_in, role):
    client = signed_in(role)
    page = client.get("/")
    items = page.context["nav"]
    assert [item.current for item in items].count(True) == 1
    for item in items:
        assert client.get(item.href).status_code in (200, 303), item.href


def test_the_closest_entry_is_the_current_one(rf, member):
    request = rf.get("/settings/keys")
    assert [item.name for item in nav.items(request, member("admin")) if item.current] == ["settings"]


def test_the_shell_costs_three_queries(signed_in, django_assert_num_queries):
    client = signed_in("viewer")
    with django_assert_num_queries(3):  # session, person, membership with its account
        client.get("/settings/theme")


def test_times_show_in_the_zone_of_the_person_then_of_the_office(signed_in, account):
    client = signed_in("admin")
    account.timezone = "Asia/Tokyo"
    account.save()
    entry = AuditEntry.objects.create(account=account, action="key.made", at="2025-03-01T00:30:00Z")
    assert "March 1, 2025, 9:30 AM" in client.get("/settings/audit").content.decode()
    user = Member.objects.get(role="admin").user
    user.timezone = "America/New_York"
    user.save()
    assert "February 28, 2025, 7:30 PM" in client.get("/settings/audit").content.decode()
    assert entry.at


def test_somebody_in_two_offices_goes_from_one_to_the_other(signed_in, account):
    client = signed_in("admin")
    user = Member.objects.get(account=account).user
    other = Member.objects.create(account=factories.account("Larkspur"), user=user, role="viewer")
    assert client.post(reverse("switch-office"), {"office": other.pk}).url == "/"
    assert client.get("/").context["account"].name == "Larkspur"
    assert client.get("/settings/keys").status_code == 403
    other.delete()
    assert client.get("/").context["account"] == account, "back to what is left when the chosen office is gone"


def test_nobody_enters_an_office_they_do_not_belong_to(signed_in, stranger):
    client = signed_in("admin")
    theirs = Member.objects.get(user=stranger)
    for value in (theirs.pk, "", "x", "-1", "9" * 30):
        assert client.post(reverse("switch-office"), {"office": value}).status_code == 404


@pytest.mark.parametrize(("path", "status", "words"), [("/nowhere", 404, "Not here"), ("/settings/keys", 403, "Not for your role")])
def test_errors_look_like_the_product(signed_in, path, status, words):
    answer = signed_in("viewer").get(path)
    assert answer.status_code == status
    assert words in answer.content.decode()


def test_a_failure_is_a_page_without_a_trace(signed_in, monkeypatch):
    client = signed_in("viewer")
    client.raise_request_exception = False

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("config.views.settings.profile.PasswordForm", fail)
    answer = client.get("/settings/profile")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert "Something went wrong here" in page
    assert "secret detail" not in page
    assert answer.headers["X-Request-Id"] in page
