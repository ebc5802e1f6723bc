"""What every view of /v1 shares: key, methods, JSON errors. Idempotency-Key is in config.kit.idempotency.

Two shapes of errors, as in the public reference: `{"status": "error", "message": …}` and, for a bad key, `{"data": null, "errors": […]}`.
"""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.timezone import now
from django.views.decorators.csrf import csrf_exempt

from config.kit import keyrow
from config.kit.access import View, public
from config.models import Account, ApiKey, digest

log = logging.getLogger(__name__)
USED_STEP = timedelta(minutes=1)  # last_used_at is written at most this often
UNAUTHORIZED = {"data": None, "errors": [{"error": "AUTH_FAILURE", "message": "Unauthorized"}]}


class ApiRequest(HttpRequest):
    """A request that passed `api`: it carries a valid key."""

    account: Account
    api_key: ApiKey


class ApiError(Exception):
    """Answers the request with this status and body. `message` alone gives the usual error body."""

    def __init__(self, status: int, message: str = "", *, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None):
        super().__init__(message)
        self.status = status
        self.body = dict(body) if body is not None else {"status": "error", "message": message}
        self.headers = dict(headers or {})

    def response(self) -> JsonResponse:
        return JsonResponse(self.body, status=self.status, headers=self.headers)


def api(*methods: str, account_with: tuple[str, ...] = ()) -> Callable[[Callable[..., HttpResponseBase]], View]:
    """Marks a view of /v1: only these methods, only with a valid key, errors always as JSON, never a traceback.

    The view gets `request.account` and `request.api_key`; `account_with` names one-to-one rows of the account to fetch in the same query.
    """

    def mark(view: Callable[..., HttpResponseBase]) -> View:
        @wraps(view)
        def run(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                if request.method not in methods:
                    raise ApiError(405, "Method not allowed", headers={"Allow": ", ".join(methods)})
                request.api_key = authenticate(request, account_with)
                request.account = request.api_key.account
                return view(request, *args, **kwargs)
            except ApiError as error:
                return error.response()
            except Http404 as error:
                return ApiError(404, str(error) or "Not found").response()
            except RequestDataTooBig:
                return ApiError(413, "The request body is too large.").response()
            except Exception:
                log.exception("%s %s failed", request.method, request.path)
                return ApiError(500, "Internal server error").response()

        return public(csrf_exempt(run))

    return mark


def by_method(**views: View) -> View:
    """One address, one view for each method: `by_method(GET=list_calls, POST=send_call)`. Each is a view made by `api`."""

    def choose(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        view = views.get(request.method or "")
        if view is None:
            return ApiError(405, "Method not allowed", headers={"Allow": ", ".join(views)}).response()
        return view(request, *args, **kwargs)

    return public(csrf_exempt(choose))


@public
@csrf_exempt
def nothing_here(request: HttpRequest, **_: Any) -> HttpResponse:
    """The last address of /v1: a path that nobody serves."""
    return ApiError(404, "Not found").response()


def authenticate(request: HttpRequest, account_with: tuple[str, ...] = ()) -> ApiKey:
    """The valid key in `Authorization`, bare or after `Bearer`. Raises ApiError 401 for a missing, unknown, expired or revoked one."""
    secret = request.headers.get("Authorization", "").strip()
    scheme, _, rest = secret.partition(" ")
    if scheme.lower() == "bearer":
        secret = rest.strip()
    at = now()
    key = keyrow.read(digest(secret), account_with)
    if not secret or key is None or not usable(key, at):
        raise ApiError(401, body=UNAUTHORIZED)
    if key.last_used_at is None or key.last_used_at <= at - USED_STEP:
        not_lately = Q(last_used_at=None) | Q(last_used_at__lte=at - USED_STEP)
        ApiKey.objects.filter(not_lately, pk=key.pk).update(last_used_at=at)
    return key


def usable(key: ApiKey, at: datetime | None = None) -> bool:
    """Whether a key opens the API: neither revoked nor expired."""
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > (at or now()))


def header(request: HttpRequest, name: str) -> str:
    """A header whose name may hold an underscore: Django drops those under ASGI, the public reference has `encrypted_key`."""
    for key, value in getattr(request, "scope", {}).get("headers", ()):
        if key.decode("latin1").lower() == name:
            return str(value.decode("latin1"))
    return request.headers.get(name, "") or request.headers.get(name.replace("_", "-"), "")


def json_body(request: HttpRequest, message: str) -> dict[str, Any]:
    """The body as a JSON object. Raises ApiError 400 with `message` when it is anything else; NaN and Infinity are not JSON."""
    body = parse_json(request.body)
    if not isinstance(body, dict):
        raise ApiError(400, message)
    return body


def parse_json(raw: bytes) -> Any:
    """The value in `raw`; None when it is not JSON (also when it is nested too deeply or a number is too long to read)."""
    try:
        return json.loads(raw, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is not JSON")
