"""Which line takes a call, and when it takes the next."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils.timezone import now

from calls import lines
from calls.carriers import registry
from calls.models import Call, Line, Number
from calls.requests import caller_id
from calls.runner import admit
from calls.runner.lines import of_call
from calls.states import State
from config.kit.secrets import Unreadable, seal, unseal
from config.models import Account

pytestmark = pytest.mark.django_db
TO = "+12025550123"


@pytest.fixture
def office() -> Account:
    return Account.objects.create(name="Office")


def line(office: Account, name: str = "Trunk", **more) -> Line:
    return lines.save(Line(account=office, kind="sip", name=name, **more))


def call(office: Account, on: Line, state: str = State.ALLOCATED) -> Call:
    return Call.objects.create(account=office, to_number=TO, carrier="sip", line=on, state=state)


def test_without_a_line_everything_is_a_rehearsal(office):
    assert registry.choose(office, TO).kind == "simulated"
    assert registry.rehearsing(office)


def test_the_first_line_is_the_default_and_takes_calls(office):
    trunk = line(office)
    assert trunk.is_default
    assert registry.choose(office, TO) == registry.Way("sip", trunk)
    assert not registry.rehearsing(Account.objects.get(pk=office.pk))


def test_pretend_callees_and_the_browser_never_go_over_a_line(office):
    line(office)
    assert registry.choose(office, "+15005550006").kind == "simulated"
    assert registry.choose(office, TO, "browser").kind == "browser"
    assert registry.choose(office, TO, "simulated").kind == "simulated"


def test_a_number_brings_its_line(office):
    first, second = line(office), line(office, "Second")
    Number.objects.create(account=office, number="+12025550111", line=second)
    Number.objects.create(account=office, number="+12025550112")
    assert lines.pick(office, "+12025550111") == second
    assert lines.pick(office, "+12025550112") == first
    lines.save(second, enabled=False)
    with pytest.raises(lines.SwitchedOff):
        lines.pick(office, "+12025550111")  # never silently over another line, or none


def test_one_default_and_the_office_knows_whether_it_has_a_line(office):
    first = line(office)
    second = line(office, "Second", is_default=True)
    first.refresh_from_db()
    assert (first.is_default, second.is_default) == (False, True)
    lines.remove(second)
    first.refresh_from_db()
    assert first.is_default
    lines.save(first, enabled=False)
    assert not Account.objects.get(pk=office.pk).has_line


def test_caller_ids_are_those_of_the_line(office):
    first, second = line(office), line(office, "Second")
    Number.objects.create(account=office, number="+12025550111", line=second, is_default=True)
    Number.objects.create(account=office, number="+12125550112", line=first)
    config = {"from": None, "dialing_strategy": None, "phone_number": TO}
    assert caller_id.choose(office, config, first).number == "+12125550112"
    assert caller_id.choose(office, config, second).number == "+12025550111"
    assert caller_id.choose(office, config).number == "+12025550111"
    assert caller_id.choose(office, {**config, "dialing_strategy": {"type": "local"}}, first).number == "+12125550112"


def test_a_line_takes_one_call_after_the_other(office):
    trunk, at = line(office, calls_per_second=Decimal(2)), now()
    Line.objects.update(next_dial_at=at)
    assert lines.slot(call(office, trunk), at) is None
    wait = lines.slot(call(office, trunk), at)
    assert wait is not None
    assert wait.until == at + timedelta(seconds=0.5)
    assert lines.slot(call(office, trunk), wait.until) is None


def test_a_full_line_makes_calls_wait(office):
    trunk = line(office, max_calls=1, calls_per_second=Decimal(0))
    assert lines.slot(call(office, trunk), now()) is None
    call(office, trunk, State.STARTED)
    wait = lines.slot(call(office, trunk), now())
    assert wait is not None
    assert wait.reason == lines.FULL


def test_the_secret_is_sealed_and_not_shown(office, settings):
    trunk = line(office, secret=seal("hunter2"), settings={"host": "sip.example.com"})
    assert "hunter2" not in trunk.secret
    told = of_call(call(office, trunk))
    assert told is not None
    assert told.secret == "hunter2"
    assert "hunter2" not in repr(told)
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another"
    with pytest.raises(Unreadable):
        unseal(trunk.secret)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert unseal(trunk.secret) == "hunter2"


def test_a_line_that_was_switched_off_dials_nobody_until_it_is_on_again(office):
    trunk = line(office)
    waiting = call(office, trunk, State.QUEUED)
    lines.save(trunk, enabled=False)
    wait = lines.slot(waiting, now())
    assert wait is not None
    assert wait.reason == lines.HELD_OFF
    Call.objects.update(due_at=wait.until, held_reason=wait.reason)
    other = call(office, trunk, State.QUEUED)
    Call.objects.filter(pk=other.pk).update(due_at=now() + timedelta(days=1))  # planned for tomorrow: stays so
    lines.save(trunk, enabled=True)
    waiting.refresh_from_db()
    other.refresh_from_db()
    assert waiting.due_at <= now()
    assert other.due_at > now()


def test_a_call_whose_line_was_deleted_is_not_dialled(office):
    trunk = line(office)
    waiting = call(office, trunk)
    lines.remove(trunk)
    waiting.refresh_from_db()
    assert admit.look(waiting, now()).refused == lines.DELETED
    waiting.own_carrier = "sealed"  # the sender's own account needs no line
    assert admit.look(waiting, now()).refused != lines.DELETED
