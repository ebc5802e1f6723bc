"""Twilio tells the price of a call some minutes after its end, to who asks."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils.timezone import now

from analytics.outcomes import write_outcome
from calls import prices
from calls.models import Call, CallEvent, CarrierReport
from calls.states import State
from tests import factories
from tests.calls.twilio.kit import connect
from tests.doubles.twilio import Placed, Twilio

pytestmark = pytest.mark.django_db


@pytest.fixture
def twilio(settings):
    settings.ALLOW_HTTP_WEBHOOKS = True
    with Twilio() as double:
        double.calls["CA1"] = Placed("CA1", "+17205550142", "+13035550100", {}, status="completed")
        yield double


def ended(account, twilio, minutes: float, **more) -> Call:
    at = now() - timedelta(minutes=minutes)
    fields = {"carrier": "twilio", "line": account.lines.first() or connect(account, twilio), "carrier_ref": "CA1", **more}
    call = factories.call(account, state=State.COMPLETE, status="completed", started_at=at, ended_at=at, duration_ms=60_000, **fields)
    CarrierReport.objects.create(call=call, key=prices.OVER, kind="completed", at=at)
    return call


def test_it_is_asked_until_it_is_known(account, twilio):
    call = ended(account, twilio, 2.5)
    assert prices.sweep() == 0
    twilio.calls["CA1"].price = "-0.01300"
    assert prices.sweep() == 1 and prices.sweep() == 0
    call.refresh_from_db()
    assert call.price == Decimal("0.0130")
    assert CallEvent.objects.get(call=call).message == "Twilio took 0.013 USD for the line"


@pytest.mark.parametrize("minutes", [0.5, 4.5, 30.5, 57, 600])
def test_it_is_not_asked_every_minute_nor_for_ever(account, twilio, minutes):
    ended(account, twilio, minutes)
    twilio.calls["CA1"].price = "-0.01300"
    assert prices.sweep() == 0


def test_twilio_away_or_a_line_that_is_gone_harm_nothing(account, twilio):
    call = ended(account, twilio, 2.5)
    twilio.refuse = (401, 20003, "Authenticate")
    assert prices.sweep() == 0
    call.line.delete()
    assert prices.sweep() == 0
    call.refresh_from_db()
    assert call.price is None


def test_the_outcome_leaves_the_price_to_twilio(account, twilio):
    call = ended(account, twilio, 2.5)
    write_outcome(call.pk)
    call.refresh_from_db()
    assert call.outcome_at and call.price is None
    Call.objects.filter(pk=call.pk).update(price=Decimal("0.013"), outcome_at=None)
    write_outcome(call.pk)
    call.refresh_from_db()
    assert call.price == Decimal("0.0130"), "an outcome that is written anew does not take it away"


def test_callbacks_of_yesterday_are_forgotten(account, twilio):
    ended(account, twilio, 60 * 25)
    kept = ended(account, twilio, 60)
    prices.tidy()
    assert list(CarrierReport.objects.values_list("call", flat=True)) == [kept.pk]
