"""Pages: one view, one template, whole or in part."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from config.kit import nav


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: who is signed in, which account, the rail. Costs no query: counts come from the page that wants them."""
    member = getattr(request, "member", None)
    user = getattr(request, "user", None)
    entries = nav.items(request, member) if member is not None else []
    theme = getattr(user, "theme", "auto") if user is not None and user.is_authenticated else "auto"
    return {
        "member": member,
        "account": getattr(request, "account", None),
        "nav": entries,
        "says": [item for item in entries if item.group == "says"],
        "theme": theme,
        "may": {role: member is not None and member.may(role) for role in ("viewer", "operator", "editor", "admin")},
    }


def render_page(request: HttpRequest, template: str, context: dict[str, Any], *, partial: str = "", status: int = 200) -> HttpResponse:
    """The whole page, or only its `partial` when htmx asked (and did not ask for a whole page by boost or history)."""
    htmx: Any = getattr(request, "htmx", None)
    if partial and htmx and not htmx.boosted and not htmx.history_restore_request:
        template = f"{template}#{partial}"
    response = render(request, template, context, status=status)
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


def safe_next(request: HttpRequest, wanted: str | None, otherwise: str) -> str:
    """`wanted` when it is an address of this site, else `otherwise`: nobody is sent to a foreign page by a link of ours."""
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return otherwise


def see_other(url: str) -> HttpResponseRedirect:
    """303: after a POST, the browser fetches `url` with GET."""
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response
