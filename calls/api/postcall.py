"""/v1/postcall/webhooks/…: what was sent when a call was over, and sending it (again)."""

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import JsonResponse

from calls import hooks
from calls.api import serialise
from calls.api.answers import body_of, data, refused
from calls.hooks import bodies
from calls.models import Call, Delivery
from config.kit.api import ApiRequest, api
from personas.parameters.base import Bad, Context
from personas.parameters.table import BY_NAME

MOST = 100
INVALID, NOT_FOUND, REFUSED = "invalid_parameter", "not_found", "webhook_not_sent"


@api("GET")
def details(request: ApiRequest, call_id: str) -> JsonResponse:
    """The record of one call with each time it was sent. A corrected record stands in the place of the one before."""
    call = next(iter(_calls(request, [call_id])))
    row = _records([call]).get(call.pk)
    if row is None:
        raise refused(404, NOT_FOUND, "No webhook was sent for this call.")
    return data(
        {
            "payload": json.loads(row.body or bodies.record(row)),
            "url": row.url,
            "created_at": serialise.iso(row.created_at),
            "call_id": str(call.uid),
            "user_id": str(request.account.uid),
            "metadata": [
                {
                    "sent_at": serialise.iso(attempt.sent_at),
                    "response_code": attempt.status,
                    "response_time": attempt.ms,
                    "send_type": attempt.send_type,
                }
                for attempt in row.attempts.order_by("pk")
            ],
        }
    )


@api("POST")
def create(request: ApiRequest) -> JsonResponse:
    """Sends the records of calls that were sent nowhere."""
    body = body_of(request)
    calls = _calls(request, _ids(body))
    url = _address(body.get("webhook_url"))
    try:
        hooks.create(request.account, calls, url, api_key=request.api_key)
    except hooks.NotAllowed as why:
        raise refused(400, REFUSED, str(why)) from None
    return _sending(calls)


@api("POST")
def resend(request: ApiRequest) -> JsonResponse:
    """Sends records again, to the address they went to."""
    calls = _calls(request, _ids(body_of(request)))
    rows = _records(calls)
    if lacking := [call for call in calls if call.pk not in rows]:
        raise refused(400, REFUSED, f"No webhook was sent for the call {lacking[0].uid}: use create.")
    hooks.resend(request.account, [row.uid for row in rows.values()], api_key=request.api_key)
    return _sending(calls)


def _sending(calls: list[Call]) -> JsonResponse:
    return data({"message": "Webhooks are being sent.", "call_ids": [str(call.uid) for call in calls]})


def _ids(body: dict[str, Any]) -> list[Any]:
    ids = body.get("call_ids")
    if not isinstance(ids, list) or not 0 < len(ids) <= MOST:
        raise refused(400, INVALID, f"call_ids must be an array of 1 to {MOST} call ids.")
    return ids


def _calls(request: ApiRequest, ids: list[Any]) -> list[Call]:
    """The account's calls with these ids, each once. A stranger's id is as unknown as one that nobody has."""
    uids: dict[UUID, None] = {}
    for each in ids:
        try:
            uids[UUID(each)] = None
        except (ValueError, TypeError, AttributeError):
            raise refused(404, NOT_FOUND, f"There is no call {str(each)[:60]}.") from None
    found = {call.uid: call for call in Call.objects.only("uid").filter(account=request.account, uid__in=uids)}
    if missing := [uid for uid in uids if uid not in found]:
        raise refused(404, NOT_FOUND, f"There is no call {missing[0]}.")
    return [found[uid] for uid in uids]


def _records(calls: list[Call]) -> dict[int, Delivery]:
    """The newest record of each call that has one."""
    rows = Delivery.objects.filter(call__in=calls, kind=Delivery.RECORD).order_by("seq")
    return {row.call_id: row for row in rows}


def _address(url: Any) -> str:
    """Raises ApiError 400 in the words of `webhook` of a call."""
    check = BY_NAME["webhook"].check
    try:
        return str(check(url, Context(allow_http=settings.ALLOW_HTTP_WEBHOOKS)))
    except Bad as bad:
        raise refused(400, INVALID, f"webhook_url{str(bad).removeprefix('webhook').removeprefix('Webhook')}") from None
