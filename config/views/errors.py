"""Pages for what went wrong, in the look of the product. They need no database."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from config.kit import log
from config.kit.http import safe_next


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Without the request's context: whatever failed (the database too) must not fail again here."""
    return HttpResponse(render_to_string("500.html", {"request_id": log.request_id.get()}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was older than the session: it is safe to load the page again."""
    again = safe_next(request, request.META.get("HTTP_REFERER"), "/")
    return HttpResponse(render_to_string("stale.html", {"path": again}), status=403)
