"""The list of subjects beside every Settings page, and the page itself."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from config.kit.access import MemberRequest
from config.kit.http import render_page
from config.models import Role


@dataclass(frozen=True, slots=True)
class Subject:
    name: str  # of the URL
    word: str
    role: Role


SUBJECTS = (
    Subject("settings-profile", "Your profile", Role.VIEWER),
    Subject("settings-numbers", "Do not call", Role.OPERATOR),
    Subject("settings-lines", "Phone lines", Role.ADMIN),
    Subject("settings-own-numbers", "Your numbers", Role.ADMIN),
    Subject("settings-results", "Results sent", Role.ADMIN),
    Subject("settings-keys", "API keys", Role.ADMIN),
    Subject("settings-members", "Members", Role.ADMIN),
    Subject("settings-rules", "Calling rules", Role.ADMIN),
    Subject("settings-model", "Model service", Role.ADMIN),
    Subject("settings-speech", "Speech", Role.ADMIN),
    Subject("settings-account", "Office", Role.ADMIN),
    Subject("settings-audit", "Audit log", Role.ADMIN),
)


def render_subject(request: MemberRequest, name: str, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A Settings page: the subjects this member may open, `name` the current one."""
    mine = [{"href": reverse(s.name), "word": s.word, "current": s.name == name} for s in SUBJECTS if request.member.may(s.role)]
    return render_page(request, template, {"subjects": mine, **context}, partial="subject", status=status)
