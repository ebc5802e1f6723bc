"""Request id, slash at the end, default deny."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils import timezone

from config.kit import log
from config.kit.access import admit

type GetResponse = Callable[[HttpRequest], HttpResponseBase]


class RequestIdMiddleware:
    """Every answer carries X-Request-Id; log lines of the request carry the same."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        rid = uuid.uuid4().hex[:16]
        token = log.request_id.set(rid)
        try:
            response = self.get_response(request)
        finally:
            log.request_id.reset(token)
        response.headers["X-Request-Id"] = rid
        return response


class TrailingSlashMiddleware:
    """`/v1/calls` and `/v1/calls/` are one address, for every method: clients of the public API use both."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.endswith("/") and request.path_info != "/":
            try:
                resolve(request.path_info)
            except Resolver404:
                request.path_info = request.path_info.rstrip("/")
                request.path = request.path.rstrip("/")
        return self.get_response(request)


class AccessMiddleware:
    """Default deny: a view is reached only through what config.kit.access declared on it (docs/adr/0004)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()  # `admit` activated the reader's; the thread serves others next

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        return admit(request, view)
