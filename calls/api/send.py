"""POST /v1/calls."""

from collections.abc import Mapping
from typing import Any, cast

from django.http import HttpRequest, HttpResponse

from calls import requests
from calls.models import Call
from config.kit.api import ApiError, ApiRequest, api, header, parse_json
from config.kit.idempotency import Finish, once


@api("POST", account_with=("calling_rules",))
def send_call(request: HttpRequest) -> HttpResponse:
    """Sends a call; refusals and their order are those of calls.requests."""
    asked = cast(ApiRequest, request)

    def deed(finish: Finish) -> tuple[int, Mapping[str, Any]]:
        try:
            call = requests.send(
                asked.account,
                parse_json(asked.body),
                api_key=asked.api_key,
                encrypted_key=header(asked, "encrypted_key"),
                on_saved=lambda saved: finish(200, accepted(saved)),
            )
        except requests.Refused as refused:
            raise ApiError(refused.status, body=refused.body) from refused
        return 200, accepted(call)

    return once(asked, deed)


def accepted(call: Call) -> dict[str, Any]:
    batch = str(call.batch_id) if call.batch_id else None
    return {"status": "success", "message": "Call successfully queued.", "call_id": str(call.uid), "batch_id": batch}
