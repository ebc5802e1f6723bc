"""The product's addresses and a bare view: one JSON body in, one row out, the same middleware around it."""

import json

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from config.kit.access import public
from config.models import Account, AuditEntry
from config.urls import urlpatterns as product


@csrf_exempt
@public
def bare(request: HttpRequest) -> JsonResponse:
    body = json.loads(request.body)
    row = AuditEntry.objects.create(account=Account.objects.first(), action="bench", detail=body)
    return JsonResponse({"id": row.pk})


urlpatterns = [path("bare", bare), *product]
