"""Members: invited, given a role, removed. The last admin stays."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from config.kit import audit
from config.kit.access import MemberRequest, page
from config.kit.http import see_other
from config.models import Account, Member, Role, SignInLink, User
from config.views.settings.subjects import render_subject

LINK_MINUTES = 3 * 24 * 60
LAST_ADMIN = "An office needs an admin. Make somebody else admin first."
ROLE_HELP = {
    Role.VIEWER: "reads calls and outcomes",
    Role.OPERATOR: "also sends and stops calls, keeps the do-not-call list",
    Role.EDITOR: "also changes what the agent says",
    Role.ADMIN: "also keys, members, rules",
}


class InviteForm(forms.Form):
    email = forms.EmailField(label="E-mail", max_length=254)
    name = forms.CharField(label="Name", max_length=120, required=False)
    role = forms.ChoiceField(
        label="Role", choices=[(r.value, f"{r.label}: {ROLE_HELP[r]}") for r in Role], initial=Role.OPERATOR, widget=forms.RadioSelect
    )


@dataclass(frozen=True, slots=True)
class Invitation:
    """What to hand to a person: a link, or none when they already sign in for another office."""

    member: Member
    url: str


@page("admin")
@never_cache
@require_http_methods(["GET", "POST"])
def members(request: MemberRequest) -> HttpResponse:
    """POST invites; the link stands in this one answer only."""
    form = InviteForm(request.POST or None)
    invitation = None
    if request.method == "POST" and form.is_valid():
        invitation = _invite(request, form)
    return _show(request, InviteForm() if invitation else form, invitation)


def _show(request: MemberRequest, form: InviteForm, invitation: Invitation | None) -> HttpResponse:
    rows = list(Member.objects.filter(account=request.account).select_related("user").order_by("user__email"))
    context = {"form": form, "invitation": invitation, "rows": rows, "roles": Role.choices, "role_help": ROLE_HELP.items()}
    return render_subject(request, "settings-members", "settings/members.html", context, status=422 if form.errors else 200)


def _invite(request: MemberRequest, form: InviteForm) -> Invitation | None:
    email, role = form.cleaned_data["email"].lower(), form.cleaned_data["role"]
    with transaction.atomic():
        user = User.objects.filter(email=email).first() or User.objects.create_user(email, None, name=form.cleaned_data["name"])
        member, made = Member.objects.get_or_create(account=request.account, user=user, defaults={"role": role})
        if not made:
            form.add_error("email", f"{user} is a member already.")
            return None
        audit.record(request.account, "member.invited", email, user=request.user, role=role)
        return Invitation(member, _link(request, member))


def _link(request: MemberRequest, member: Member) -> str:
    """A sign-in link for a member of this office alone: whoever also works for another office keeps that door to themselves."""
    if Member.objects.filter(user=member.user).exclude(account=request.account).exists():
        return ""
    return request.build_absolute_uri(reverse("sign-in-link", args=[SignInLink.issue(member.user, minutes=LINK_MINUTES)]))


@page("admin")
@never_cache
@require_POST
def link(request: MemberRequest, pk: int) -> HttpResponse:
    member = _member(request, pk)
    with transaction.atomic():
        url = _link(request, member)
        if url:
            audit.record(request.account, "member.link", member.user.email, user=request.user)
    return _show(request, InviteForm(), Invitation(member, url))


@page("admin")
@require_POST
def change_role(request: MemberRequest, pk: int) -> HttpResponse:
    role = request.POST.get("role", "")
    if role not in Role.values:
        raise Http404
    member = _member(request, pk)
    with transaction.atomic():
        others = _other_admins(request.account, member)
        if role != Role.ADMIN and not others:
            messages.error(request, LAST_ADMIN)
        elif Member.objects.filter(pk=pk).exclude(role=role).update(role=role):
            audit.record(request.account, "member.role", member.user.email, user=request.user, before=member.role, after=role)
            messages.success(request, f"{member.user} is {Role(role).label.lower()} now.")
    return see_other(reverse("settings-members"))


@page("admin")
@require_POST
def remove(request: MemberRequest, pk: int) -> HttpResponse:
    """Ends the membership at once, also in open pages. The person's calls and notes stay."""
    member = _member(request, pk)
    with transaction.atomic():
        if not _other_admins(request.account, member):
            messages.error(request, LAST_ADMIN)
        elif Member.objects.filter(pk=pk).delete()[0]:
            audit.record(request.account, "member.removed", member.user.email, user=request.user, role=member.role)
            messages.success(request, f"{member.user} is no longer a member.")
    return see_other(reverse("settings-members"))


def _member(request: MemberRequest, pk: int) -> Member:
    member = Member.objects.filter(account=request.account, pk=pk).select_related("user").first()
    if member is None:
        raise Http404
    return member


def _other_admins(account: Account, member: Member) -> bool:
    """Whether the office has an admin besides this member. Two admins who remove each other at once come one after the other."""
    Account.objects.select_for_update().get(pk=account.pk)
    return Member.objects.filter(account=account, role=Role.ADMIN, user__is_active=True).exclude(pk=member.pk).exists()
