"""Number policy, limits, billing, calling hours."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils.timezone import now

from calls import rules
from calls.models import BillingRecord, BlockedNumber, CallingRules, DoNotCall, SensitiveAttempt
from config.models import Account, AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db
NUMBER = "+17205550142"
AT = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


def check(account, number=NUMBER, *, carrier="simulated", at=None, call=None):
    return rules.check_number(Account.objects.get(pk=account.pk), number, carrier=carrier, at=at or now(), call=call)


def set_rules(account, **fields):
    CallingRules.objects.filter(account=account).update(**fields)


def test_nothing_against_it(account, django_assert_num_queries):
    assert check(account) == rules.ALLOWED
    account = Account.objects.select_related("calling_rules").get(pk=account.pk)
    with django_assert_num_queries(1):
        assert rules.check_number(account, NUMBER, carrier="simulated", at=now()).allowed


@pytest.mark.parametrize("number", ["911", "112", "+19005550123", "1911", "nonsense"])
def test_sensitive_numbers_are_refused_on_every_line(account, number):
    for carrier in ("simulated", "browser", "sip"):
        verdict = check(account, number, carrier=carrier)
        assert (verdict.rule, verdict.status) == ("sensitive", 400)


def test_the_third_sensitive_try_within_a_day_blocks_the_account(account):
    old = now() - timedelta(hours=25)
    SensitiveAttempt.objects.create(account=account, number="911", at=old)
    for tries in (1, 2):
        assert rules.count_sensitive_attempt(account, "911", now()).rule == "sensitive"
        account.refresh_from_db()
        assert account.flagged_at is None, tries
    rules.count_sensitive_attempt(account, "112", now())
    account.refresh_from_db()
    assert "3 tries within 24 hours" in account.flagged_reason
    assert rules.flagged(account).status == 403
    assert AuditEntry.objects.get(account=account).action == "account.flagged"
    rules.count_sensitive_attempt(account, "112", now())
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("source", ["staff", "csv"])
def test_the_do_not_call_list_of_the_office_binds_every_line(account, source):
    DoNotCall.objects.create(account=account, number=NUMBER, source=source, reason="asked in a letter")
    for carrier in ("simulated", "browser", "sip"):
        verdict = check(account, carrier=carrier)
        assert (verdict.rule, verdict.status, verdict.body["status"]) == ("dnc", 400, "DNC Error")
        assert "asked in a letter" in verdict.reason


def test_an_opt_out_on_a_call_binds_real_lines_only(account):
    DoNotCall.objects.create(account=account, number=NUMBER, source="call")
    assert check(account, carrier="simulated").allowed
    assert check(account, carrier="browser").allowed
    assert check(account, carrier="sip").rule == "dnc"
    assert rules.opted_out(account, NUMBER)


def test_lists_of_another_account_do_not_count(account):
    other = factories.account("Strangers Ltd")
    DoNotCall.objects.create(account=other, number=NUMBER)
    BlockedNumber.objects.create(account=other, number=NUMBER)
    factories.call(other, to_number=NUMBER)
    assert check(account).allowed


def test_blocked_numbers(account):
    BlockedNumber.objects.create(account=account, number=NUMBER, reason="a competitor")
    verdict = check(account)
    assert (verdict.status, verdict.message) == (429, "This number is blacklisted.")
    assert verdict.reason == "The number is on the blocked list: a competitor."


@pytest.mark.parametrize(("seconds_ago", "allowed"), [(0, False), (9.5, False), (10.5, True)])
def test_the_same_number_at_most_every_ten_seconds(account, seconds_ago, allowed):
    at = now()
    factories.call(account, to_number=NUMBER, created_at=at - timedelta(seconds=seconds_ago))
    verdict = check(account, at=at)
    assert verdict.allowed is allowed
    if not allowed:
        assert verdict.again_at == at + timedelta(seconds=10 - seconds_ago)
    set_rules(account, same_number_seconds=0)
    assert check(account, at=at).allowed


def test_before_dialling_only_what_was_dialled_counts_and_not_the_call_itself(account):
    at = now()
    call = factories.call(account, to_number=NUMBER, created_at=at, dialling_at=at)
    other = factories.call(account, to_number=NUMBER, created_at=at)
    assert check(account, at=at, call=call).allowed
    type(call).objects.filter(pk=other.pk).update(dialling_at=at - timedelta(seconds=4))
    verdict = check(account, at=at, call=call)
    assert (verdict.rule, verdict.again_at) == ("frequency", at + timedelta(seconds=6))


def test_other_countries_need_to_be_allowed(account):
    assert check(account, "+442079460958").rule == "international"
    assert check(account, "+16045550142").rule == "international"  # +1, but Canada
    set_rules(account, allowed_countries=["GB"])
    assert check(account, "+442079460958").allowed
    assert check(account, "+80012345678").rule == "international"  # belongs to no country


def test_an_account_without_rules_has_the_standard_ones(account):
    CallingRules.objects.all().delete()
    assert check(account).allowed
    assert rules.check_rate(Account.objects.get(pk=account.pk), now()).allowed


@pytest.mark.parametrize(
    ("age_hours", "minutes_ago", "fields", "message"),
    [
        (48, 30, {"per_hour": 3}, "Rate limit exceeded"),
        (48, 90, {"per_hour": 3}, ""),
        (48, 90, {"per_day": 3}, "Rate limit exceeded"),
        (48, 25 * 60, {"per_day": 3}, ""),
        (2, 30, {"per_hour_first_day": 3}, "Rate limit exceeded for newly created accounts. Please try again soon."),
        (48, 30, {"per_hour_first_day": 3}, ""),
        (48, 30, {"per_hour": 4}, ""),
        (48, 30, {"per_hour": 0, "per_day": 0}, ""),
    ],
)
def test_limits(age_hours, minutes_ago, fields, message):
    account = factories.account(age_hours=age_hours)
    set_rules(account, **fields)
    for n in range(3):
        factories.call(account, to_number=f"+1720555000{n}", created_at=now() - timedelta(minutes=minutes_ago))
    assert rules.check_rate(Account.objects.get(pk=account.pk), now()).message == message


def test_no_limit_costs_no_counting(account, django_assert_num_queries):
    set_rules(account, per_hour=0, per_day=0)
    account = Account.objects.select_related("calling_rules").get(pk=account.pk)
    with django_assert_num_queries(0):
        assert rules.check_rate(account, now()).allowed


def test_billing(account):
    assert rules.check_billing(account).allowed
    set_rules(account, billing_on=True)
    assert rules.check_billing(Account.objects.get(pk=account.pk)).message == "No billing record found."
    record = BillingRecord.objects.create(account=account, balance="-0.01")
    assert rules.check_billing(Account.objects.get(pk=account.pk)).message == "Insufficient balance."
    record.balance = "0.01"
    record.save()
    assert rules.check_billing(Account.objects.get(pk=account.pk)).allowed


@pytest.mark.parametrize(
    ("zone", "at", "opens"),
    [
        ("America/New_York", "2026-11-22 18:00", "2026-11-22 18:00"),  # 1 PM there
        ("America/New_York", "2026-11-22 12:59", "2026-11-22 13:00"),  # 7:59 AM
        ("America/New_York", "2026-11-22 13:00", "2026-11-22 13:00"),  # 8:00 AM sharp
        ("America/New_York", "2026-11-23 02:00", "2026-11-23 13:00"),  # 9 PM sharp: closed
        ("America/New_York", "2026-03-08 04:00", "2026-03-08 12:00"),  # the night in which clocks go forward
        ("Asia/Kolkata", "2026-11-22 20:00", "2026-11-23 02:30"),
    ],
)
def test_calling_hours_in_the_callees_zone(account, zone, at, opens):
    def moment(text):
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    assert rules.next_opening(account, zone, moment(at)) == moment(opens)


def test_hours_over_midnight_and_without_end(account):
    set_rules(account, open_from=time(20), open_until=time(4))
    account = Account.objects.get(pk=account.pk)
    assert rules.next_opening(account, "UTC", AT.replace(hour=3)) == AT.replace(hour=3)
    assert rules.next_opening(account, "UTC", AT.replace(hour=23)) == AT.replace(hour=23)
    assert rules.next_opening(account, "UTC", AT) == AT.replace(hour=20)
    set_rules(account, open_from=time(8), open_until=time(8))
    account = Account.objects.get(pk=account.pk)
    assert rules.next_opening(account, "UTC", AT.replace(hour=3)) == AT.replace(hour=3)


def test_only_real_lines_keep_hours(account):
    night = AT.replace(hour=9)  # 2 AM in Denver
    assert rules.due(account, "America/Denver", night, "simulated") == (night, "")
    due_at, reason = rules.due(account, "America/Denver", night, "sip")
    assert (due_at, reason) == (AT.replace(hour=15), "Calling hours there are 08:00 to 21:00 (America/Denver).")
    assert rules.closes_at(account, "America/Denver", AT).hour == 21
