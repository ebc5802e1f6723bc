"""Pages: one view, one template, whole or in part."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: who is signed in, which account. Costs no query of its own."""
    return {"member": getattr(request, "member", None), "account": getattr(request, "account", None)}


def render_page(request: HttpRequest, template: str, context: dict[str, Any], *, partial: str = "", status: int = 200) -> HttpResponse:
    """The whole page, or only its `partial` when htmx asked (and did not ask for a whole page by boost or history)."""
    htmx: Any = getattr(request, "htmx", None)
    if partial and htmx and not htmx.boosted and not htmx.history_restore_request:
        template = f"{template}#{partial}"
    response = render(request, template, context, status=status)
    response.headers["Vary"] = "HX-Request, Cookie"
    return response
