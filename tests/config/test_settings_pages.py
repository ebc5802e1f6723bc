"""Settings: each change is made, limited to the own office, and written to the audit log."""

import pytest
from django.test import Client
from django.utils.timezone import now

from calls.models import BlockedNumber, CallingRules, DoNotCall
from config.kit import audit, words
from config.models import Account, ApiKey, AuditEntry, Member, SignInLink, User, digest
from tests import factories


@pytest.fixture
def admin(signed_in):
    return signed_in("admin")


@pytest.fixture
def elsewhere(db) -> Account:
    return factories.account("Strangers Ltd")


def actions(account: Account) -> list[str]:
    return list(AuditEntry.objects.filter(account=account).order_by("pk").values_list("action", flat=True))


class TestKeys:
    def test_a_key_is_shown_once_and_works(self, admin, account):
        answer = admin.post("/settings/keys", {"name": "Ledger", "days": "30"})
        secret = answer.context["made"][1]
        assert secret in answer.content.decode()
        assert "no-store" in answer.headers["Cache-Control"]
        key = ApiKey.objects.get()
        assert key.digest == digest(secret)
        assert 29 <= (key.expires_at - now()).days <= 30
        assert secret not in admin.get("/settings/keys").content.decode()
        assert actions(account) == ["key.made"]
        assert secret not in str(AuditEntry.objects.values())

    def test_a_key_without_a_name_is_refused_beside_the_field(self, admin, account):
        answer = admin.post("/settings/keys", {"name": "", "days": ""})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert 'aria-invalid="true"' in page
        assert 'id="id_name_error"' in page
        assert not ApiKey.objects.exists()
        assert actions(account) == []

    def test_switching_off_is_written_once(self, admin, account):
        key, _ = ApiKey.issue(account, "Ledger")
        for _ in range(2):
            assert admin.post(f"/settings/keys/{key.pk}/revoke").status_code == 303
        key.refresh_from_db()
        assert key.revoked_at
        assert actions(account) == ["key.revoked"]
        assert "Ledger" not in [k.name for k in admin.get("/settings/keys").context["keys"]]
        assert "Ledger" in [k.name for k in admin.get("/settings/keys?all=1").context["keys"]]

    def test_keys_of_others_are_not_there(self, admin, elsewhere):
        key, _ = ApiKey.issue(elsewhere, "Theirs")
        assert admin.post(f"/settings/keys/{key.pk}/revoke").status_code == 404
        key.refresh_from_db()
        assert key.revoked_at is None
        assert "Theirs" not in admin.get("/settings/keys?all=1").content.decode()

    def test_the_number_of_queries_does_not_grow(self, admin, account, django_assert_num_queries):
        for count in (3, 6):
            for number in range(3):
                ApiKey.issue(account, f"{count}-{number}", by=User.objects.first())
            with django_assert_num_queries(4):
                admin.get("/settings/keys")


class TestMembers:
    def invite(self, client, email="new@example.com", role="operator"):
        return client.post("/settings/members", {"email": email, "name": "New Person", "role": role})

    def test_an_invited_person_signs_in_by_the_link_shown(self, admin, account, client):
        answer = self.invite(admin)
        url = answer.context["invitation"].url
        member = Member.objects.get(user__email="new@example.com")
        assert (member.account, member.role) == (account, "operator")
        assert url in answer.content.decode()
        admin.post("/sign-out")
        assert client.post(url.removeprefix("http://testserver")).status_code == 303
        assert client.session["_auth_user_id"] == str(member.user.pk)
        assert actions(account) == ["member.invited"]
        assert url.rsplit("/")[-1] not in str(AuditEntry.objects.values())

    def test_nobody_gets_a_link_for_somebody_who_works_elsewhere_too(self, admin, account, elsewhere):
        theirs = factories.member(elsewhere, "admin")
        answer = self.invite(admin, theirs.user.email.upper())
        assert answer.context["invitation"].url == ""
        assert "signs in as usual" in answer.content.decode()
        mine = Member.objects.get(account=account, user=theirs.user)
        admin.post(f"/settings/members/{mine.pk}/link")
        assert not SignInLink.objects.exists()

    def test_a_member_is_not_invited_twice(self, admin, account):
        self.invite(admin)
        answer = self.invite(admin)
        assert answer.status_code == 422
        assert "is a member already" in answer.content.decode()
        assert Member.objects.filter(account=account).count() == 2

    def test_a_role_is_changed(self, admin, account):
        member = factories.member(account, "viewer")
        admin.post(f"/settings/members/{member.pk}/role", {"role": "editor"})
        member.refresh_from_db()
        assert member.role == "editor"
        assert AuditEntry.objects.get().detail == {"before": "viewer", "after": "editor"}
        assert admin.post(f"/settings/members/{member.pk}/role", {"role": "king"}).status_code == 404

    @pytest.mark.parametrize(("action", "data"), [("role", {"role": "viewer"}), ("remove", {})])
    def test_the_last_admin_stays(self, admin, account, action, data):
        me = Member.objects.get(account=account)
        page = admin.post(f"/settings/members/{me.pk}/{action}", data, follow=True).content.decode()
        assert "needs an admin" in page
        me.refresh_from_db()
        assert me.role == "admin"
        assert actions(account) == []

    def test_a_removed_member_is_out_at_once(self, admin, account):
        member = factories.member(account, "viewer")
        theirs = Client()
        theirs.force_login(member.user)
        assert theirs.get("/").status_code == 200
        admin.post(f"/settings/members/{member.pk}/remove")
        assert theirs.get("/").status_code == 404
        assert actions(account) == ["member.removed"]

    def test_members_of_others_are_not_there(self, admin, elsewhere):
        theirs = factories.member(elsewhere, "viewer")
        for action in ("link", "role", "remove"):
            assert admin.post(f"/settings/members/{theirs.pk}/{action}", {"role": "admin"}).status_code == 404
        assert Member.objects.get(pk=theirs.pk).role == "viewer"


class TestRules:
    BODY = {
        "allowed_countries": "ca, mx CA",
        "same_number_seconds": "20",
        "per_hour": "0",
        "per_day": "10",
        "per_hour_first_day": "5",
        "open_from": "09:00",
        "open_until": "17:30",
        "blocked_phrases": " free   money \n\nwire transfer\nfree money",
    }

    def test_rules_are_saved_as_data(self, admin, account):
        assert admin.post("/settings/rules", self.BODY).status_code == 303
        rules = CallingRules.objects.get(account=account)
        assert rules.allowed_countries == ["CA", "MX"]
        assert rules.blocked_phrases == ["free money", "wire transfer"]
        assert (rules.per_hour, rules.per_day, rules.billing_on) == (0, 10, False)
        assert f"{rules.open_until:%H:%M}" == "17:30"
        assert "per_day" in AuditEntry.objects.get().detail["changed"]
        page = admin.get("/settings/rules").content.decode()
        assert 'value="CA, MX"' in page
        assert 'value="17:30"' in page

    @pytest.mark.parametrize(
        ("field", "value", "message"),
        [
            ("allowed_countries", "CA, XX", "Not a country code: XX."),
            ("per_day", "-1", "greater than or equal to 0"),
            ("open_until", "08:00", "Must be later than the start."),
            ("same_number_seconds", "999999", "less than or equal to 86400"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, admin, account, field, value, message):
        answer = admin.post("/settings/rules", {**self.BODY, field: value})
        assert answer.status_code == 422
        assert message in answer.content.decode()
        assert CallingRules.objects.get(account=account).per_day == 5000
        assert actions(account) == []

    def test_an_office_without_rules_gets_the_standard_ones(self, admin, account):
        CallingRules.objects.all().delete()
        assert admin.get("/settings/rules").status_code == 200
        assert CallingRules.objects.get(account=account).per_hour == 1000


class TestNumbers:
    @pytest.fixture
    def operator(self, signed_in):
        return signed_in("operator")

    @pytest.mark.parametrize(("kind", "model"), [("dnc", DoNotCall), ("blocked", BlockedNumber)])
    def test_a_number_is_added_and_removed_with_reasons(self, operator, account, kind, model):
        answer = operator.post(f"/settings/numbers/{kind}", {"number": "(720) 555-0142", "reason": "They wrote to us"})
        assert answer.status_code == 303
        row = model.objects.get(account=account)
        assert (row.number, row.reason) == ("+17205550142", "They wrote to us")
        assert "+1 720 555 0142" in operator.get(f"/settings/numbers/{kind}").content.decode()
        assert operator.get(f"/settings/numbers/{kind}/{row.pk}/remove").status_code == 200
        assert model.objects.exists(), "looking does not remove"
        assert operator.post(f"/settings/numbers/{kind}/{row.pk}/remove", {"reason": ""}).status_code == 422
        operator.post(f"/settings/numbers/{kind}/{row.pk}/remove", {"reason": "They wrote again"})
        assert not model.objects.exists()
        assert actions(account) == [f"{kind}.added", f"{kind}.removed"]
        assert AuditEntry.objects.last().detail["reason"] == "They wrote again"

    def test_a_number_of_another_country_is_read_as_its_own(self, operator, account):
        account.country = "DE"
        account.save()
        operator.post("/settings/numbers/dnc", {"number": "030 901820", "reason": "x"})
        assert DoNotCall.objects.get().number == "+4930901820"

    def test_no_number_is_refused_in_words(self, operator):
        answer = operator.post("/settings/numbers/dnc", {"number": "hello", "reason": "x"})
        assert answer.status_code == 422
        assert "Invalid phone number." in answer.content.decode()

    def test_the_same_number_twice_stands_once(self, operator):
        for _ in range(2):
            operator.post("/settings/numbers/dnc", {"number": "+17205550142", "reason": "x"})
        assert DoNotCall.objects.count() == 1
        assert "stood on the list already" in operator.get("/settings/numbers").content.decode()

    def test_an_opt_out_shows_its_words_and_its_call(self, operator, account):
        call = factories.call(account)
        DoNotCall.objects.create(
            account=account, number=call.to_number, source="call", reason="Opted out", quote="Do not <call> again", call=call
        )
        page = operator.get("/settings/numbers").content.decode()
        assert "Do not &lt;call&gt; again" in page
        assert f"/calls/{call.uid}" in page

    def test_finding_compares_digits(self, operator, account):
        for number in ("+17205550142", "+13035550118"):
            DoNotCall.objects.create(account=account, number=number)
        assert [row.number for row in operator.get("/settings/numbers?q=720 555").context["listed"]] == ["+17205550142"]

    def test_numbers_of_others_are_not_there(self, operator, elsewhere):
        row = DoNotCall.objects.create(account=elsewhere, number="+17205550142")
        assert operator.post(f"/settings/numbers/dnc/{row.pk}/remove", {"reason": "x"}).status_code == 404
        assert operator.get("/settings/numbers/other").status_code == 404
        assert not operator.get("/settings/numbers").context["listed"].object_list

    def test_the_number_of_queries_does_not_grow(self, operator, account, django_assert_num_queries):
        for count in (4, 8):
            for number in range(4):
                DoNotCall.objects.create(account=account, number=f"+1720555{count}{number:03}", call=factories.call(account))
            with django_assert_num_queries(7):
                operator.get("/settings/numbers")


class TestOffice:
    BODY = {"name": "Tidewater", "country": "CA", "timezone": "America/Toronto", "recording_days": 30}

    def test_the_office_is_changed(self, admin, account):
        assert admin.post("/settings/office", self.BODY).status_code == 303
        account.refresh_from_db()
        assert (account.name, account.country, account.timezone, account.recording_days) == ("Tidewater", "CA", "America/Toronto", 30)
        assert AuditEntry.objects.get().detail["after"] == self.BODY

    @pytest.mark.parametrize(
        ("field", "value"), [("country", "XX"), ("timezone", "Mars/Base"), ("name", ""), ("recording_days", "-1"), ("recording_days", "")]
    )
    def test_what_does_not_exist_is_refused(self, admin, account, field, value):
        answer = admin.post("/settings/office", {**self.BODY, field: value})
        assert answer.status_code == 422
        account.refresh_from_db()
        assert account.name == "Acme Dental"
        assert "Acme Dental" in answer.content.decode()


class TestProfile:
    def test_name_zone_and_theme_are_kept(self, signed_in):
        client = signed_in("viewer")
        assert client.post("/settings/profile", {"name": "Dana", "timezone": "Europe/Berlin", "theme": "dark"}).status_code == 303
        user = User.objects.get()
        assert (user.name, user.timezone, user.theme) == ("Dana", "Europe/Berlin", "dark")
        assert client.post("/settings/profile", {"name": "Dana", "timezone": "Mars/Base", "theme": "dark"}).status_code == 422

    def test_a_new_password_ends_other_sessions_but_not_this_one(self, signed_in, account):
        client = signed_in("viewer")
        other = Client()
        other.force_login(User.objects.get())
        assert client.post("/settings/password", {"present": "correct horse", "new": "battery staple 9"}).status_code == 303
        assert client.get("/").status_code == 200
        assert other.get("/").status_code == 302
        assert User.objects.get().check_password("battery staple 9")
        assert actions(account) == ["profile.password"]

    @pytest.mark.parametrize(
        ("present", "new", "message"),
        [("wrong", "battery staple 9", "not the present password"), ("correct horse", "short", "at least 10 characters")],
    )
    def test_a_password_is_not_changed_lightly(self, signed_in, present, new, message):
        answer = signed_in("viewer").post("/settings/password", {"present": present, "new": new})
        assert answer.status_code == 422
        assert message in answer.content.decode()
        assert User.objects.get().check_password("correct horse")


class TestModel:
    def test_the_key_is_never_shown(self, admin, settings):
        settings.MODEL_BASE_URL, settings.MODEL_API_KEY, settings.MODEL_BASE = "http://model.example/v1", "sk-hidden", "big-one"
        page = admin.get("/settings/model").content.decode()
        assert "http://model.example/v1" in page
        assert "big-one" in page
        assert "sk-hidden" not in page


class TestAudit:
    def test_the_log_says_who_did_what(self, admin, account, elsewhere):
        ApiKey.issue(elsewhere, "Theirs")
        AuditEntry.objects.create(account=elsewhere, action="key.made", subject="Theirs")
        admin.post("/settings/keys", {"name": "Ledger", "days": ""})
        page = admin.get("/settings/audit").content.decode()
        assert "Admin</b> made the key Ledger" in page
        assert "Theirs" not in page

    def test_the_number_of_queries_does_not_grow(self, admin, account, django_assert_num_queries):
        for _ in range(2):
            for number in range(5):
                AuditEntry.objects.create(account=account, action="key.made", subject=str(number), user=User.objects.first())
            with django_assert_num_queries(5):
                admin.get("/settings/audit")

    def test_an_action_without_words_is_a_mistake(self, account):
        with pytest.raises(ValueError, match="no words"):
            audit.record(account, "key.eaten")


class TestModelTest:
    def test_an_unconfigured_service_says_what_to_set(self, admin, account, settings):
        settings.MODEL_BASE_URL = ""
        page = admin.post("/settings/model", {"model": "base"}).content.decode()
        assert "It does not answer." in page
        assert "MODEL_BASE_URL" in page
        assert AuditEntry.objects.get().detail == {"ok": False}

    def test_only_the_two_models_can_be_tested(self, admin):
        assert admin.post("/settings/model", {"model": "other"}).status_code == 404


def test_the_parts_page_shows_every_state(signed_in):
    page = signed_in("editor").get("/design").content.decode()
    for state in words.STATES.values():
        assert state.word in page
        assert state.meaning in page
