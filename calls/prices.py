"""What Twilio took for a call: it knows some minutes after the end, and tells only who asks."""

import logging
from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from calls import lifecycle, signals
from calls.carriers.base import CarrierError
from calls.carriers.registry import TWILIO
from calls.carriers.twilio.client import Api
from calls.lifecycle import Event
from calls.models import Call, CarrierReport
from calls.runner import lines
from config.kit.secrets import Unreadable

log = logging.getLogger(__name__)
ASK_AFTER = frozenset({1, 2, 3, 5, 8, 13, 21, 34, 55})  # minutes after Twilio's end of the call
OVER = "status:completed"  # CarrierReport.key
KEPT = timedelta(days=1)  # callbacks; what they said of the outcome stands in the events of the call
UNKNOWN_FOR = timedelta(hours=1)  # so long reports of a lost call are waited for, and the token of its account kept


def sweep() -> int:
    """Asks for the prices that are due in this minute; returns how many were written."""
    return sum(_ask(call) for call in _due())


def _due() -> Iterator[Call]:
    at = timezone.now()
    ended = CarrierReport.objects.filter(key=OVER, at__gt=at - timedelta(minutes=max(ASK_AFTER) + 1), call__price=None)
    for report in ended.select_related("call__line", "call__account").order_by("pk"):
        if (at - report.at) // timedelta(minutes=1) in ASK_AFTER and report.call.carrier_ref:
            yield report.call


def _ask(call: Call) -> bool:
    try:
        config = lines.of_call(call)
        price = Api(config).fetch(call.carrier_ref).price if config else None
    except (CarrierError, Unreadable) as error:
        log.warning("the price of call %s is not known yet: %s", call.uid, error)
        return False
    if price is None:
        return False
    with transaction.atomic():
        lifecycle.record(call.pk, Event("call", f"Twilio took {price.normalize():f} USD for the line", kind="price"), price=price)
        signals.calls_changed.send(sender=Call, account_id=call.account_id, made=[call.created_at])
    return True


def tidy() -> None:
    """Callbacks of yesterday, and tokens of accounts whose call was lost and of which nothing more is to be expected."""
    at = timezone.now()
    CarrierReport.objects.filter(at__lt=at - KEPT).delete()
    left = Call.objects.filter(carrier=TWILIO, line=None, ended_at__lt=at - UNKNOWN_FOR).exclude(own_carrier="")
    left.update(own_carrier="")
