"""Who may reach which view. Default deny: a view says `page(role)`, `public` or is an API view; anything else is 404.

A stranger gets 404 (or the sign-in page when nobody is signed in), a member with too weak a role gets 403.
"""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from config.models import Account, Member, Role, User

type View = Callable[..., HttpResponseBase]


class MemberRequest(HttpRequest):
    """A request that passed `admit`: of a signed-in member of an account."""

    user: User
    member: Member
    account: Account
    htmx: Any


def page(role: str | Role) -> Callable[[View], View]:
    """Marks a view as a page that members of this role or a stronger one may use."""

    def mark(view: View) -> View:
        view.access = Role(role)  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Marks a view that needs nobody signed in: sign-in, health, the API (which checks its own key)."""
    view.access = "public"  # type: ignore[attr-defined]
    return login_not_required(view)


def membership(user: User, account_uid: str | None = None) -> Member | None:
    """The member this user acts as: the chosen account's while they belong to it, else the first."""
    members = Member.objects.filter(user=user, user__is_active=True).select_related("account", "user").order_by("pk")
    if account_uid and (chosen := members.filter(account__uid=account_uid).first()):
        return chosen
    return members.first()


def admit(request: HttpRequest, view: Any) -> HttpResponse | None:
    """None when the view may run; an answer or an exception when not.

    For pages, request.member and request.account are set and times show in the reader's zone.
    """
    needed = getattr(view, "access", None)
    if needed == "public":
        return None
    if needed is None:
        raise Http404
    if not request.user.is_authenticated:
        htmx: Any = getattr(request, "htmx", None)
        if htmx:  # the page that asked, not the fragment it asked for
            return HttpResponseClientRedirect(redirect_to_login(htmx.current_url_abs_path or "/").url)
        return redirect_to_login(request.get_full_path())
    assert isinstance(request.user, User)
    member = membership(request.user, request.session.get("account"))
    if member is None:
        raise Http404
    request.member, request.account = member, member.account  # type: ignore[attr-defined]
    timezone.activate(ZoneInfo(request.user.timezone or member.account.timezone))
    if not member.may(needed):
        raise PermissionDenied
    return None
