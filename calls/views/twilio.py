"""What Twilio asks and tells while a call is on its line. No session and no key: each request is signed with the auth token of its account.

The path names the call, so that the right token is known before anything of the request is believed.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from calls import feed, reports
from calls.carriers.registry import TWILIO
from calls.carriers.twilio import addresses, callbacks, signature, twiml
from calls.carriers.twilio.callbacks import Callback
from calls.models import Call, CarrierReport
from calls.reports import Report
from calls.runner import lines
from calls.states import ENDED, ON_THE_LINE
from config.kit.access import View, public
from config.kit.secrets import Unreadable

log = logging.getLogger(__name__)
SOON, MOST_TIMES = 1, 20  # seconds to wait before Twilio is sent back once more; how often that is done


@dataclass(frozen=True, slots=True)
class Signed:
    """A request whose signature is good. `call` None: the call is over and its token forgotten, so nothing more is to be written."""

    call: Call | None
    posted: Mapping[str, str]


type Answer = Callable[..., HttpResponse]


def signed(answer: Answer) -> View:
    """Marks a view that only Twilio may use; it gets `Signed` in the place of the request. Wrong signature: 403."""

    @require_POST
    def view(request: HttpRequest, uid: UUID, **named: Any) -> HttpResponse:
        call = Call.objects.select_related("line").filter(uid=uid, carrier=TWILIO).first()
        if call is None:
            raise Http404
        try:
            config = lines.of_call(call)
        except Unreadable:
            log.exception("the token of a Twilio account cannot be read")
            raise PermissionDenied from None
        if config is None and call.state in ENDED:
            return answer(Signed(None, {}), uid, **named)
        url = settings.BASE_URL.rstrip("/") + request.get_full_path()
        if config is None or not signature.is_good(config.secret, url, request.POST, request.headers):
            log.warning("a request in Twilio's name was not signed by it")
            raise PermissionDenied
        return answer(Signed(call, request.POST.dict()), uid, **named)

    return public(csrf_exempt(view))


@signed
def status(request: Signed, uid: UUID) -> HttpResponse:
    """The call rings, was answered, is over."""
    return _told(request, callbacks.status(request.posted))


@signed
def answerer(request: Signed, uid: UUID) -> HttpResponse:
    """A person or a machine answered."""
    return _told(request, callbacks.answerer(request.posted))


@signed
def picked_up(request: Signed, uid: UUID) -> HttpResponse:
    """The person to whom the call is handed over answered."""
    return _told(request, callbacks.picked_up(request.posted))


@signed
def what_next(request: Signed, uid: UUID, again: int) -> HttpResponse:
    """The socket is gone: back to it while the call is live."""
    return _markup(_back_to(uid, again + 1) if _is_live(request) and again < MOST_TIMES else twiml.hang_up())


@signed
def handed_over(request: Signed, uid: UUID) -> HttpResponse:
    """Handing over came to its end: when nobody was reached, the agent speaks on."""
    said = callbacks.handed_over(request.posted)
    _told(request, said)
    reached = said is None or said.data["status"] in ("completed", "answered")
    return _markup(_back_to(uid, 0) if _is_live(request) and not reached else twiml.hang_up())


def _is_live(request: Signed) -> bool:
    return request.call is not None and request.call.state in ON_THE_LINE


def _back_to(uid: UUID, again: int) -> str:
    return twiml.talk(addresses.socket(str(uid)), addresses.callback(str(uid), "next", again), pause=SOON if again > 1 else 0)


def _markup(markup: str) -> HttpResponse:
    return HttpResponse(markup, content_type="text/xml; charset=utf-8")


def _told(request: Signed, said: Callback | None) -> HttpResponse:
    if request.call is not None and said is not None:
        _take_in(request.call, said, request.posted.get("CallSid", "") if said.key.startswith("status:") else "")
    return HttpResponse(status=204)


def _take_in(call: Call, said: Callback, sid: str) -> None:
    """Keeps a callback for the runner that holds the call, and what it says of the outcome; once, however often it comes."""
    with transaction.atomic():
        fields = {"kind": said.kind, "data": said.data, "at": timezone.now()}
        row, new = CarrierReport.objects.get_or_create(call=call, key=said.key, defaults=fields)
        if not new:
            return
        if sid:
            Call.objects.filter(pk=call.pk, carrier_ref="").update(carrier_ref=sid[:80])
        if said.told is not None:
            reports.receive(call.pk, Report(said.told, said.at or row.at, said.duration_ms, said.message))
        transaction.on_commit(feed.nudge)
