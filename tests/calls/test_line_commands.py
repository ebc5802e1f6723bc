"""add_line and add_pool: set up without a browser, again and again, with secrets that are never on the command line nor in what is said."""

import io
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from calls.models import Line, Number, NumberPool
from calls.pools import make_default
from config.kit.secrets import unseal
from config.models import Account, AuditEntry
from tests import factories
from tests.doubles.options import Options

SECRET = "s3cret-hunter2"
SID = "AC" + "0" * 32


def run(*args: str) -> str:
    """Everything the command said."""
    out = io.StringIO()
    call_command(*args, stdout=out, stderr=out)
    return out.getvalue()


def refused(*args: str) -> str:
    """The one sentence it ended with. manage.py turns a CommandError into that and the return code 1."""
    with pytest.raises(CommandError) as caught:
        call_command(*args, stdout=io.StringIO(), stderr=io.StringIO())
    assert caught.value.returncode == 1
    assert SECRET not in str(caught.value)
    return str(caught.value)


@pytest.fixture
def variable(monkeypatch) -> str:
    monkeypatch.setenv("TRUNK_SECRET", SECRET)
    return "TRUNK_SECRET"


class TestAddLine:
    def test_a_trunk_is_connected_with_everything(self, account, variable):
        said = run(
            "add_line", "sip", "Trunk", "host=sip.example.com", "transport=tls", "user=anna", "register=yes",
            "max_calls=3", "calls_per_second=0.5",
            "--secret-env", variable, "--number", "+12025550111", "--number", "(202) 555-0112", "--default",
        )  # fmt: skip
        line = Line.objects.get(account=account)
        assert said == "Trunk is connected: SIP trunk, sip.example.com over TLS.\n"
        assert (line.settings["register"], line.settings["transport"], line.is_default) == (True, "tls", True)
        assert (line.max_calls, line.calls_per_second) == (3, Decimal("0.5"))
        assert unseal(line.secret) == SECRET
        assert sorted(line.numbers.values_list("number", flat=True)) == ["+12025550111", "+12025550112"]
        assert Account.objects.get(pk=account.pk).has_line
        assert AuditEntry.objects.get().action == "line.made"

    def test_again_it_changes_the_line_of_that_name_and_keeps_what_it_is_not_told(self, account, variable):
        first = ("add_line", "sip", "Trunk", "host=sip.example.com", "max_calls=3", "--number", "+12025550111")
        run(*first, "--secret-env", variable)
        assert run(*first) == "Trunk is up to date: SIP trunk, sip.example.com over UDP.\n"
        run(*first, "--secret-env", variable)
        assert AuditEntry.objects.count() == 1, "nothing changed, nothing is written"
        run("add_line", "sip", "Trunk", "host=sip.example.com", "port=5070")
        line = Line.objects.get()
        assert (line.settings["port"], line.max_calls, unseal(line.secret)) == (5070, 3, SECRET)
        assert line.numbers.get().number == "+12025550111"

    def test_the_secret_may_come_from_a_file(self, account, tmp_path: Path):
        file = tmp_path / "token"
        file.write_text(f"{SECRET}\n")
        said = run("add_line", "twilio", "Twilio", f"account_sid={SID}", "--secret-file", str(file))
        assert unseal(Line.objects.get().secret) == SECRET
        assert SECRET not in said
        assert SECRET not in str(AuditEntry.objects.values())

    @pytest.mark.parametrize(
        ("args", "sentence"),
        [
            (("sip", "Trunk"), "host: This is needed."),
            (("sip", "Trunk", "host=x y"), "host: This is not the name or address of a machine"),
            (("sip", "Trunk", "host=a.example", "colour=red"), "colour: There is no setting of this name."),
            (("sip", "Trunk", "host=a.example", "host=b.example"), "host is given twice."),
            (("sip", "Trunk", "just-a-word"), "Settings are written key=value"),
            (("sip", "Trunk", "host=a.example", f"password={SECRET}"), "A secret does not belong on the command line"),
            (("sip", "Trunk", "host=a.example", "max_calls=many"), "max_calls: This must be a whole number"),
            (("sip", "Trunk", "host=a.example", "--number", "hello"), "--number: hello is not a phone number."),
            (("sip", "Trunk", "host=a.example", "--secret-env", "NOT_SET"), "The environment variable NOT_SET is empty or not set."),
            (("sip", "Trunk", "host=a.example", "--secret-file", "/nowhere"), "The file /nowhere cannot be read: No such file"),
            (("sip", "Trunk", "host=a.example", "--account", "1"), "There is no office with this id."),
            (("twilio", "Twilio", f"account_sid={SID}"), "--secret-env: This is needed."),
            (("twilio", "Twilio", "account_sid=wrong", "--secret-env", "TRUNK_SECRET"), "account_sid: This is not an account SID"),
        ],
    )
    def test_what_is_wrong_is_one_sentence_and_changes_nothing(self, account, variable, args, sentence):
        assert refused("add_line", *args).startswith(sentence)
        assert not Line.objects.exists()
        assert not AuditEntry.objects.exists()

    def test_a_line_does_not_change_its_kind(self, account, variable):
        run("add_line", "sip", "Trunk", "host=a.example")
        assert "exists already, as a SIP trunk" in refused("add_line", "twilio", "Trunk", f"account_sid={SID}", "--secret-env", variable)

    def test_a_kept_secret_does_not_go_to_another_server(self, account, variable):
        run("add_line", "sip", "Trunk", "host=a.example", "--secret-env", variable)
        assert "another server" in refused("add_line", "sip", "Trunk", "host=b.example")

    def test_with_test_it_says_how_it_went_and_fails_when_it_did(self, account):
        with Options() as peer:
            said = run("add_line", "sip", "Trunk", "host=127.0.0.1", f"port={peer.port}", "--test")
        assert said.endswith(f"127.0.0.1:{peer.port} over UDP answers.\n")
        assert Line.objects.get().test_ok
        assert "Nobody answers" in refused("add_line", "sip", "Trunk", "host=127.0.0.1", "port=9", "transport=tcp", "--test")
        assert not Line.objects.get().test_ok

    def test_with_several_offices_one_has_to_be_named(self, account):
        other = factories.account("Second")
        args = ("add_line", "sip", "Trunk", "host=a.example")
        assert "several offices" in refused(*args)
        run(*args, "--account", str(other.uid))
        assert Line.objects.get().account == other

    @pytest.mark.django_db
    def test_without_an_office_the_reason_is_told(self):
        assert "There is no office yet." in refused("add_line", "sip", "Trunk", "host=a.example")


class TestAddPool:
    @pytest.fixture
    def numbers(self, account) -> list[Number]:
        return [Number.objects.create(account=account, number=f"+1202555011{n}") for n in range(3)]

    def test_a_pool_is_made_and_changed_by_name(self, account, numbers):
        said = run("add_pool", "East", "+12025550110", "(202) 555-0111")
        pool = NumberPool.objects.get(account=account)
        assert said.splitlines()[-1] == str(pool.uid)
        assert {row.number for row in pool.numbers.all()} == {"+12025550110", "+12025550111"}
        assert run("add_pool", "East", "+12025550110", "+12025550111") == said
        run("add_pool", "East", "+12025550112")
        assert pool.numbers.get() == numbers[2]
        assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == ["pool.made", "pool.changed"]

    @pytest.mark.parametrize(
        ("args", "sentence"),
        [
            (("East", "+12025550199"), "+12025550199 is not a number of the office."),
            (("East", "hello"), "hello is not a phone number."),
            ((" ", "+12025550110"), "A name has 1 to 80 letters."),
        ],
    )
    def test_what_is_wrong_is_one_sentence(self, numbers, args, sentence):
        assert sentence in refused("add_pool", *args)
        assert not NumberPool.objects.exists()

    def test_numbers_of_others_are_not_taken(self, account):
        Number.objects.create(account=factories.account("Strangers Ltd"), number="+12025550111")
        assert "is not a number of the office" in refused("add_pool", "East", "+12025550111", "--account", str(account.uid))


def test_one_number_is_the_default(account):
    rows = [Number.objects.create(account=account, number=f"+1202555011{n}", is_default=n == 0) for n in range(2)]
    make_default(rows[1])
    assert Number.objects.get(is_default=True) == rows[1]
