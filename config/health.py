"""/healthz for people, load balancers and the supervisor."""

from django.http import HttpRequest, JsonResponse

from config.kit.access import public


@public
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})
