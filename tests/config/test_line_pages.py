"""Phone lines in Settings: connected, tested against a peer, changed, switched, removed; secrets go in and never come out."""

import logging
import re
import time
from decimal import Decimal

import pytest
from django.utils.timezone import now

from calls import line_setup, lines
from calls.line_kinds import KINDS
from calls.line_setup import PACE
from calls.models import Line, Number, NumberPool
from calls.requests import caller_id
from calls.states import State
from config.kit.secrets import seal, unseal
from config.models import Account, AuditEntry
from tests import factories
from tests.doubles.options import Options
from tests.doubles.twilio import Twilio

SECRET = "s3cret-hunter2"
SIP = {
    "name": "Office trunk",
    "host": "sip.example.com",
    "port": "5060",
    "transport": "udp",
    "user": "anna",
    "auth_user": "",
    "domain": "",
    "caller_ids": "+1 202 555 0111\n(202) 555-0112",
    "numbers": "plus",
    "codecs": "pcma,pcmu",
    "srtp": "off",
    "rtp_ports": "20000-20999",
    "media_timeout": "20",
    "verify_tls": "on",
    "ca_file": "",
    "ring_timeout": "60",
    "precall_keys": "on",
    "interface": "",
    "secret": SECRET,
    "max_calls": "4",
    "calls_per_second": "0.5",
}
TWILIO = {
    "name": "Twilio",
    "account_sid": "AC" + "0" * 32,
    "base_url": "https://api.twilio.com",
    "secret": SECRET,
    "max_calls": "10",
    "calls_per_second": "1",
    "caller_ids": "",
}


@pytest.fixture
def admin(signed_in):
    return signed_in("admin")


def actions(account: Account) -> list[str]:
    return list(AuditEntry.objects.filter(account=account).order_by("pk").values_list("action", flat=True))


def trunk(account: Account, name: str = "Trunk", **fields) -> Line:
    fields = {"settings": {"host": "192.0.2.10", "transport": "udp"}, "secret": seal(SECRET), **fields}
    return lines.save(Line(account=account, kind="sip", name=name, **fields))


class TestConnecting:
    def test_without_a_line_the_two_ways_and_a_rehearsal_are_explained(self, admin):
        page = admin.get("/settings/lines").content.decode()
        assert "No phone line is connected" in page
        assert "a pretend callee answers" in page
        assert '/settings/lines/new-sip"' in page
        assert '/settings/lines/new-twilio"' in page

    def test_a_trunk_is_saved_with_its_numbers_and_is_the_default(self, admin, account):
        answer = admin.post("/settings/lines/new-sip", SIP)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/settings/lines")
        line = Line.objects.get(account=account)
        assert (line.kind, line.is_default, line.enabled) == ("sip", True, True)
        assert line.settings["host"] == "sip.example.com"
        assert line.settings["codecs"] == ["pcma", "pcmu"]
        assert (line.settings["register"], line.settings["verify_tls"]) == (False, True)
        assert (line.max_calls, line.calls_per_second) == (4, Decimal("0.5"))
        assert unseal(line.secret) == SECRET
        assert sorted(line.numbers.values_list("number", flat=True)) == ["+12025550111", "+12025550112"]
        assert Account.objects.get(pk=account.pk).has_line
        assert actions(account) == ["line.made"]

    @pytest.mark.parametrize(
        ("change", "field", "message"),
        [
            ({"host": ""}, "host", "This is needed."),
            ({"host": "sip.example.com:5060"}, "host", "The port has a field of its own."),
            ({"rtp_ports": "1-2"}, "rtp_ports", "must lie between"),
            ({"register": "on", "user": ""}, "user", "Registering needs a user name."),
            ({"secret": 'two"marks'}, "secret", "may not contain"),
            ({"max_calls": "many"}, "max_calls", "a whole number from 0"),
            ({"calls_per_second": "-1"}, "calls_per_second", "a number from 0"),
            ({"calls_per_second": "NaN"}, "calls_per_second", "a number from 0"),
            ({"caller_ids": "hello"}, "caller_ids", "hello is not a phone number."),
            ({"caller_ids": "911"}, "caller_ids", "emergency number"),
            ({"name": ""}, "name", "required"),
        ],
    )
    def test_what_is_wrong_stands_beside_its_field(self, admin, account, change, field, message):
        answer = admin.post("/settings/lines/new-sip", {**SIP, **change})
        assert answer.status_code == 422
        assert message in " ".join(answer.context["form"].errors[field])
        assert SECRET not in answer.content.decode()
        assert not Line.objects.exists()
        assert actions(account) == []

    def test_a_twilio_account_needs_its_token(self, admin, account):
        assert admin.post("/settings/lines/new-twilio", {**TWILIO, "secret": ""}).status_code == 422
        assert admin.post("/settings/lines/new-twilio", TWILIO).status_code == 303
        assert Line.objects.get(account=account).settings["account_sid"] == TWILIO["account_sid"]

    def test_two_lines_cannot_have_one_name_nor_one_number(self, admin, account):
        admin.post("/settings/lines/new-sip", SIP)
        answer = admin.post("/settings/lines/new-sip", SIP)
        assert "Another line has this name." in answer.content.decode()
        answer = admin.post("/settings/lines/new-sip", {**SIP, "name": "Second"})
        assert "belongs to the line Office trunk" in answer.content.decode()
        assert Line.objects.count() == 1

    def test_no_setting_of_a_carrier_is_named_like_a_field_of_ours(self):
        ours = {"name", "secret", "forget_secret", "caller_ids", "then", *PACE}
        for kind in KINDS.values():
            assert not ours & {field.name for field in kind.fields}


class TestChanging:
    def change(self, admin, line: Line, **fields):
        return admin.post(f"/settings/lines/{line.uid}", {**SIP, "name": line.name, "secret": "", "caller_ids": "", **fields})

    def test_the_form_holds_what_is_saved_but_never_the_secret(self, admin, account):
        admin.post("/settings/lines/new-sip", SIP)
        line = Line.objects.get()
        page = admin.get(f"/settings/lines/{line.uid}").content.decode()
        assert 'value="sip.example.com"' in page
        assert "+12025550111\n+12025550112" in page
        assert 'name="calls_per_second" value="0.5"' in page
        assert "Saved, not shown. Leave empty to keep it." in page
        assert SECRET not in page
        assert line.secret not in page

    def test_an_empty_secret_keeps_the_saved_one_and_a_new_one_replaces_it(self, admin, account):
        line = trunk(account, settings={"host": "sip.example.com"})
        assert self.change(admin, line, user="bob").status_code == 303
        line.refresh_from_db()
        assert (line.settings["user"], unseal(line.secret)) == ("bob", SECRET)
        self.change(admin, line, secret="another one")
        line.refresh_from_db()
        assert unseal(line.secret) == "another one"
        self.change(admin, line, forget_secret="on")
        line.refresh_from_db()
        assert line.secret == ""
        assert actions(account) == ["line.changed"] * 3
        assert "another one" not in str(AuditEntry.objects.values())

    @pytest.mark.parametrize("kind", ["sip", "twilio"])
    def test_a_saved_secret_is_not_sent_to_another_server(self, admin, account, kind):
        if kind == "sip":
            line, data = trunk(account), {**SIP, "secret": "", "host": "evil.example.com"}
        else:
            admin.post("/settings/lines/new-twilio", TWILIO)
            line, data = Line.objects.get(), {**TWILIO, "secret": "", "base_url": "https://evil.example.com"}
        answer = admin.post(f"/settings/lines/{line.uid}", data)
        assert answer.status_code == 422
        assert "it would go to another server" in answer.content.decode()
        assert "evil" not in str(Line.objects.values())
        assert admin.post(f"/settings/lines/{line.uid}", {**data, "secret": SECRET}).status_code == 303

    def test_numbers_taken_off_stay_with_the_office(self, admin, account):
        admin.post("/settings/lines/new-sip", SIP)
        line = Line.objects.get()
        self.change(admin, line, caller_ids="+12025550112, +12025550113")
        assert list(line.numbers.order_by("number").values_list("number", flat=True)) == ["+12025550112", "+12025550113"]
        assert Number.objects.get(number="+12025550111").line is None
        assert AuditEntry.objects.latest("pk").detail["numbers"] == ["+12025550112", "+12025550113"]

    def test_a_changed_line_is_not_tested_any_more_but_a_renamed_one_is(self, admin, account):
        admin.post("/settings/lines/new-sip", SIP)
        line = Line.objects.get()
        Line.objects.update(tested_at=now(), test_ok=True, test_message="Good.")
        self.change(admin, line, name="Renamed")
        line.refresh_from_db()
        assert (line.name, line.test_ok) == ("Renamed", True)
        self.change(admin, line, name="Renamed", port="5070")
        line.refresh_from_db()
        assert (line.tested_at, line.test_ok, line.test_message) == (None, False, "")

    def test_saving_what_is_there_writes_nothing(self, admin, account):
        admin.post("/settings/lines/new-sip", SIP)
        self.change(admin, Line.objects.get(), caller_ids=SIP["caller_ids"])
        assert actions(account) == ["line.made"]

    def test_a_refused_change_shows_the_saved_name_above(self, admin, account):
        answer = self.change(admin, trunk(account), name="x" * 90)
        assert "<h1>Trunk</h1>" in answer.content.decode()


class TestTesting:
    def after(self, admin, line: Line) -> Line:
        assert admin.post(f"/settings/lines/{line.uid}/test").status_code == 303
        line.refresh_from_db()
        return line

    def test_a_peer_that_answers_is_good(self, admin, account):
        with Options() as peer:
            line = self.after(admin, trunk(account, settings={"host": "127.0.0.1", "port": peer.port, "transport": "udp"}))
        assert "OPTIONS" in peer.asked[0]
        assert line.test_ok
        assert line.tested_at is not None
        page = admin.get("/settings/lines").content.decode()
        assert f"127.0.0.1:{peer.port} over UDP answers" in page
        assert AuditEntry.objects.latest("pk").detail["ok"] is True

    def test_what_is_wrong_is_said_and_kept(self, admin, account):
        line = self.after(admin, trunk(account, settings={"host": "127.0.0.1", "port": 9, "transport": "tcp"}))
        assert not line.test_ok
        assert "Nobody answers at 127.0.0.1:9" in line.test_message
        assert line.test_message in admin.get("/settings/lines").content.decode()

    def test_save_and_test_does_both(self, admin, account):
        with Options("503 Service Unavailable") as peer:
            admin.post("/settings/lines/new-sip", {**SIP, "host": "127.0.0.1", "port": str(peer.port), "then": "test"})
        line = Line.objects.get()
        assert not line.test_ok
        assert "503" in line.test_message
        assert actions(account) == ["line.made", "line.tested"]

    def test_a_peer_that_keeps_silent_does_not_hold_the_page(self, admin, account, monkeypatch):
        monkeypatch.setattr(line_setup, "TEST_SECONDS", 1.0)
        begun = time.monotonic()
        with Options("") as peer:
            line = self.after(admin, trunk(account, settings={"host": "127.0.0.1", "port": peer.port, "transport": "udp"}))
        assert time.monotonic() - begun < 3
        assert line.test_message == line_setup.TOO_LONG

    def test_a_twilio_account_is_asked_with_its_token(self, admin, account, settings):
        settings.ALLOW_HTTP_WEBHOOKS = True  # the double has no certificate
        with Twilio() as twilio:
            data = {**TWILIO, "account_sid": twilio.sid, "base_url": twilio.url, "secret": twilio.token, "then": "test"}
            admin.post("/settings/lines/new-twilio", data)
            line = Line.objects.get()
            assert (line.test_ok, line.test_message) == (True, "The account is active. Its numbers: +13035550100.")
            admin.post(f"/settings/lines/{line.uid}", {**data, "secret": "wrong-token-wrong"})
        line.refresh_from_db()
        assert not line.test_ok
        assert "wrong-token-wrong" not in line.test_message

    def test_a_secret_of_another_key_is_said_in_words(self, admin, account, settings):
        line = trunk(account)
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another " * 6, []
        admin.force_login(factories.member(account, "admin").user)
        assert "Enter it again." in self.after(admin, line).test_message


class TestState:
    def test_on_off_default_and_removed(self, admin, account):
        first, second = trunk(account), trunk(account, "Second")
        admin.post(f"/settings/lines/{second.uid}/default")
        first.refresh_from_db()
        assert not first.is_default
        for _ in range(2):
            admin.post(f"/settings/lines/{first.uid}/switch", {"to": "off"})
        admin.post(f"/settings/lines/{second.uid}/switch", {"to": "off"})
        assert not Account.objects.get(pk=account.pk).has_line
        assert "Every line is off." in admin.get("/settings/lines").content.decode()
        admin.post(f"/settings/lines/{first.uid}/switch", {"to": "on"})
        assert Account.objects.get(pk=account.pk).has_line
        assert admin.get(f"/settings/lines/{second.uid}/remove").status_code == 200
        assert Line.objects.count() == 2, "looking does not remove"
        admin.post(f"/settings/lines/{second.uid}/remove")
        first.refresh_from_db()
        assert first.is_default
        assert actions(account) == ["line.default", "line.off", "line.off", "line.on", "line.removed"]

    def test_removing_says_what_becomes_of_calls_and_numbers(self, admin, account):
        line = trunk(account)
        factories.call(account, line=line, carrier="sip", state=State.QUEUED)
        factories.call(account, line=line, carrier="sip", state=State.STARTED)
        Number.objects.create(account=account, number="+12025550111", line=line)
        page = admin.get(f"/settings/lines/{line.uid}/remove").content.decode()
        assert "1 call fails when the time comes" in page
        assert "1 call goes on to the end" in page
        assert "1 number stays yours" in page
        assert "1 call on it, 1 waiting" in admin.get("/settings/lines").content.decode()
        admin.post(f"/settings/lines/{line.uid}/remove")
        assert Number.objects.get().line is None

    @pytest.mark.parametrize("deed", ["", "/test", "/switch", "/default", "/remove"])
    def test_lines_of_others_are_not_there(self, admin, deed):
        line = trunk(factories.account("Strangers Ltd"), "Theirs")
        assert admin.post(f"/settings/lines/{line.uid}{deed}", {**SIP, "to": "off"}).status_code == 404
        line.refresh_from_db()
        assert (line.name, line.enabled, line.tested_at) == ("Theirs", True, None)
        assert "Theirs" not in admin.get("/settings/lines").content.decode()

    def test_the_number_of_queries_does_not_grow(self, admin, account, django_assert_num_queries):
        for count in (3, 6):
            for number in range(3):
                line = trunk(account, f"{count}-{number}")
                Number.objects.create(account=account, number=f"+1202555{count}{number}11", line=line)
                factories.call(account, line=line, carrier="sip", state=State.QUEUED)
            with django_assert_num_queries(6):
                admin.get("/settings/lines")

    def test_admins_reach_the_lines_from_every_page_while_there_is_none(self, signed_in, account):
        assert 'href="/settings/lines"' in signed_in("admin").get("/").content.decode()
        assert 'href="/settings/lines"' not in signed_in("operator").get("/").content.decode()


def test_no_secret_stands_in_page_log_or_audit(admin, account, caplog):
    caplog.set_level(logging.DEBUG)
    with Options("401 Unauthorized") as peer:
        pages = [admin.post("/settings/lines/new-sip", {**SIP, "host": "127.0.0.1", "port": str(peer.port), "then": "test"}, follow=True)]
        line = Line.objects.get()
        pages += [
            admin.get(path)
            for path in ("/settings/lines", f"/settings/lines/{line.uid}", "/settings/audit", f"/settings/lines/{line.uid}/remove")
        ]
    for shown in (
        *(page.content.decode() for page in pages),
        caplog.text,
        str(AuditEntry.objects.values()),
        str(Line.objects.values()),
        *peer.asked,
    ):
        assert SECRET not in shown
    assert line.secret not in "".join(page.content.decode() for page in pages)


class TestOwnNumbers:
    def test_a_number_is_added_given_a_line_and_removed(self, admin, account):
        line = trunk(account)
        answer = admin.post(
            "/settings/own-numbers", {"number": "(202) 555-0111", "label": "Front desk", "line": str(line.uid), "is_default": "on"}
        )
        assert answer.status_code == 303
        row = Number.objects.get(account=account)
        assert (row.number, row.label, row.line, row.is_default) == ("+12025550111", "Front desk", line, True)
        page = admin.get("/settings/own-numbers").content.decode()
        assert "+1 202 555 0111" in page
        assert "Front desk" in page
        admin.post(f"/settings/own-numbers/{row.pk}", {"label": "Desk", "line": ""})
        row.refresh_from_db()
        assert (row.label, row.line, row.is_default) == ("Desk", None, False)
        admin.post(f"/settings/own-numbers/{row.pk}/remove")
        assert not Number.objects.exists()
        assert actions(account) == ["number.added", "number.changed", "number.removed"]

    def test_there_is_one_default(self, admin, account):
        for number in ("+12025550111", "+12025550112"):
            admin.post("/settings/own-numbers", {"number": number, "is_default": "on"})
        assert [row.number for row in Number.objects.filter(is_default=True)] == ["+12025550112"]

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            ({"number": "hello"}, "is not a phone number"),
            ({"number": "911"}, "emergency number"),
            ({"number": "+12025550199"}, "on the list already"),
            ({"number": "+12025550111", "line": "00000000-0000-0000-0000-000000000000"}, "Select a valid choice"),
        ],
    )
    def test_what_is_wrong_is_refused(self, admin, account, data, message):
        Number.objects.create(account=account, number="+12025550199")
        answer = admin.post("/settings/own-numbers", data)
        assert answer.status_code == 422
        assert message in answer.content.decode()
        assert Number.objects.count() == 1

    def test_a_line_of_others_cannot_be_chosen(self, admin, account):
        theirs = trunk(factories.account("Strangers Ltd"))
        assert admin.post("/settings/own-numbers", {"number": "+12025550111", "line": str(theirs.uid)}).status_code == 422

    def test_numbers_and_pools_of_others_are_not_there(self, admin):
        elsewhere = factories.account("Strangers Ltd")
        number = Number.objects.create(account=elsewhere, number="+12025550111")
        pool = NumberPool.objects.create(account=elsewhere, name="Theirs")
        for path in (f"own-numbers/{number.pk}", f"own-numbers/{number.pk}/remove", f"pools/{pool.uid}", f"pools/{pool.uid}/remove"):
            assert admin.post(f"/settings/{path}").status_code == 404
        assert admin.post("/settings/pools/new", {"name": "Mine", "numbers": [number.pk]}).status_code == 422
        assert "Theirs" not in admin.get("/settings/own-numbers").content.decode()

    def test_the_number_of_queries_does_not_grow(self, admin, account, django_assert_num_queries):
        for count in (3, 6):
            for number in range(3):
                row = Number.objects.create(account=account, number=f"+1202555{count}{number}11", line=trunk(account, f"{count}-{number}"))
                NumberPool.objects.create(account=account, name=f"{count}-{number}").numbers.add(row)
            with django_assert_num_queries(7):
                admin.get("/settings/own-numbers")


class TestPools:
    def test_a_pool_is_made_changed_and_removed_and_its_order_told(self, admin, account):
        rows = [Number.objects.create(account=account, number=f"+1202555011{n}") for n in range(3)]
        assert admin.post("/settings/pools/new", {"name": "East", "numbers": [row.pk for row in rows[:2]]}).status_code == 303
        pool = NumberPool.objects.get(account=account)
        config = {"from": None, "dialing_strategy": {"type": "custom_pooling", "pool_id": str(pool.uid)}, "phone_number": "+12125550100"}
        shown = caller_id.choose(account, config)
        assert shown.number == rows[0].number
        shown.use()
        page = re.sub("<[^>]+>", "", admin.get("/settings/own-numbers").content.decode())
        assert "next +1 202 555 0111, then +1 202 555 0110" in page
        assert caller_id.choose(account, config).number == rows[1].number
        admin.post(f"/settings/pools/{pool.uid}", {"name": "West", "numbers": [rows[2].pk]})
        pool.refresh_from_db()
        assert (pool.name, pool.numbers.get()) == ("West", rows[2])
        admin.post(f"/settings/pools/{pool.uid}/remove")
        assert not NumberPool.objects.exists()
        assert Number.objects.count() == 3
        assert actions(account) == ["pool.made", "pool.changed", "pool.removed"]

    def test_a_pool_needs_a_name_of_its_own_and_numbers(self, admin, account):
        row = Number.objects.create(account=account, number="+12025550111")
        admin.post("/settings/pools/new", {"name": "East", "numbers": [row.pk]})
        answer = admin.post("/settings/pools/new", {"name": "East", "numbers": []})
        assert answer.status_code == 422
        assert "Another pool has this name." in answer.content.decode()
        assert "Choose at least one." in answer.content.decode()
        assert NumberPool.objects.count() == 1
