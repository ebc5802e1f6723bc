"""Sign-in by password and by link, the brake on guessing, safe redirects, sign-out."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from config.kit import throttle
from config.models import Member, SignInLink, SignInTry


@pytest.fixture
def person(member):
    return member("operator").user


def post(client, email, password="correct horse", **more):
    return client.post("/sign-in", {"email": email, "password": password, **more})


def test_the_right_password_leads_to_home_in_a_new_session(client, person):
    client.get("/sign-in")
    session = client.session
    session["seed"] = 1
    session.save()
    before = client.session.session_key
    answer = post(client, person.email.upper())
    assert (answer.status_code, answer.url) == (303, "/")
    assert client.session.session_key != before
    assert client.get("/").status_code == 200


def test_a_wrong_password_stays_on_the_page_and_names_no_half(client, person):
    for email in (person.email, "nobody@example.com"):
        answer = post(client, email, "wrong")
        assert answer.status_code == 422
        assert "E-mail or password is wrong." in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_the_sixth_wrong_try_is_refused_even_when_it_would_be_right(client, person):
    for _ in range(throttle.PER_PERSON):
        assert post(client, person.email, "wrong").status_code == 422
    answer = post(client, person.email)
    assert answer.status_code == 429
    assert "Too many wrong tries" in answer.content.decode()
    SignInTry.objects.update(at=now() - throttle.WINDOW - timedelta(seconds=1))
    assert post(client, person.email).status_code == 303


def test_others_behind_the_same_address_still_get_in(client, person, member):
    for _ in range(throttle.PER_PERSON + 1):
        post(client, person.email, "wrong")
    assert post(client, member("viewer").user.email).status_code == 303


def test_one_address_cannot_try_everybody(client, person):
    for number in range(throttle.PER_ADDRESS):
        post(client, f"{number}@example.com", "wrong")
    assert post(client, person.email).status_code == 429


def test_a_success_forgets_the_wrong_tries(client, person):
    for _ in range(throttle.PER_PERSON - 1):
        post(client, person.email, "wrong")
    post(client, person.email)
    assert not SignInTry.objects.exists()


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/settings/profile?x=1", "/settings/profile?x=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\\evil.example", "/"),
    ],
)
def test_next_never_leaves_the_site(client, person, wanted, reached):
    assert post(client, person.email, next=wanted).url == reached


def test_a_page_that_needs_a_person_leads_to_sign_in_and_back(client, person):
    answer = client.get("/settings/profile")
    assert answer.url == "/sign-in?next=/settings/profile"
    assert 'value="/settings/profile"' in client.get(answer.url).content.decode()


def test_a_fragment_sends_the_whole_page_to_sign_in(client, db):
    answer = client.get("/?part=live", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/"})
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/"


def test_whoever_is_signed_in_does_not_see_the_form(signed_in):
    assert signed_in("viewer").get("/sign-in").url == "/"


def test_somebody_removed_from_every_office_is_told_so(client, person):
    Member.objects.all().delete()
    answer = post(client, person.email)
    assert answer.status_code == 422
    assert "do not belong to an office" in answer.content.decode()


def test_an_inactive_person_does_not_get_in(client, person):
    person.is_active = False
    person.save()
    assert post(client, person.email).status_code == 422


def test_looking_at_a_link_does_not_use_it_up(client, person):
    token = SignInLink.issue(person)
    for _ in range(2):
        page = client.get(f"/sign-in/{token}")
        assert page.status_code == 200
        assert person.email in page.content.decode()
    assert "_auth_user_id" not in client.session
    assert client.post(f"/sign-in/{token}").url == "/"
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_link_works_once(client, person):
    token = SignInLink.issue(person)
    client.post(f"/sign-in/{token}")
    client.post("/sign-out")
    assert client.post(f"/sign-in/{token}").status_code == 410
    assert client.get(f"/sign-in/{token}").status_code == 410
    assert "_auth_user_id" not in client.session


def test_an_old_or_invented_link_does_not_work(client, person):
    token = SignInLink.issue(person)
    SignInLink.objects.update(expires_at=now())
    for each in (token, "invented"):
        assert client.get(f"/sign-in/{each}").status_code == 410
        assert client.post(f"/sign-in/{each}").status_code == 410


def test_a_first_sign_in_without_password_leads_to_choosing_one(client, person):
    person.set_unusable_password()
    person.save()
    answer = client.post(f"/sign-in/{SignInLink.issue(person)}", follow=True)
    assert answer.redirect_chain[0][0] == "/settings/profile#password"
    page = answer.content.decode()
    assert "You have no password yet" in page
    assert "Present password" not in page


def test_sign_out_needs_a_post(signed_in):
    client = signed_in("viewer")
    assert client.get("/sign-out").status_code == 405
    assert client.get("/").status_code == 200
    assert client.post("/sign-out").url == "/sign-in"
    assert client.get("/").status_code == 302


def test_a_form_without_token_is_refused_in_words(person):
    answer = Client(enforce_csrf_checks=True).post("/sign-in", {"email": person.email, "password": "correct horse"})
    assert answer.status_code == 403
    assert "open too long" in answer.content.decode()
