"""GET /v1/me, the account of the key; GET /v1/languages."""

from django.http import JsonResponse

from calls.models import BillingRecord, Call
from config.kit.api import ApiRequest, api
from personas.parameters import BY_NAME


@api("GET")
def me(request: ApiRequest) -> JsonResponse:
    account = request.account
    balance = BillingRecord.objects.filter(account=account).values_list("balance", flat=True).first()
    return JsonResponse(
        {
            "status": "flagged" if account.flagged_at else "active",
            "billing": {"current_balance": float(balance or 0), "refill_to": None},
            "total_calls": Call.objects.filter(account=account).count(),
        }
    )


@api("GET")
def languages(request: ApiRequest) -> JsonResponse:
    choices = BY_NAME["language"].choices
    return JsonResponse({"data": [{"code": choice.value, "name": choice.label} for choice in choices], "errors": None})
