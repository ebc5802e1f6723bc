"""Putting a version of a pathway before callers: its required rehearsals are run on exactly this graph first."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from calls import publishing as publishing_here
from calls.rehearsal import shown
from config.kit.access import MemberRequest, page
from config.kit.http import render_page, safe_next, see_other
from pathways import versions
from pathways.access import get_pathway, get_version
from pathways.contexts import editor_address
from pathways.editing import Stale
from pathways.models import Pathway, PathwayVersion
from pathways.publishing import ENVIRONMENTS, NotReady

CHANGED = "The draft was changed by somebody else meanwhile. Look at it again, then publish."


@page("editor")
@require_http_methods(["GET", "HEAD", "POST"])
def pathway_publish(request: MemberRequest, uid: UUID) -> HttpResponse:
    """GET says what publishing would do, to htmx how far its rehearsals are. Posted: version, environment, and revision as it was seen.

    422 and what stops it. When the rehearsals take long, back to the page, where they are seen to end.
    """
    pathway = get_pathway(request.account, uid)
    version = _chosen(request, pathway)
    if request.method != "POST":
        return render_page(request, "pathways/publish.html", {"page": publishing_here.before(version)}, partial="gate")
    environment = request.POST.get("environment", "production")
    environment = environment if environment in ENVIRONMENTS else "production"
    seen = request.POST.get("revision")
    back = safe_next(request, request.POST.get("next"), editor_address(pathway))
    try:
        if seen and not version.frozen and seen != str(version.revision):
            raise Stale(version)
        published = publishing_here.publish(version, environment, request.user)
    except Stale:
        messages.error(request, CHANGED)
        return see_other(back)
    except publishing_here.Rehearsing:
        return see_other(f"{reverse('pathway-publish', args=[pathway.uid])}?v={version.number}#gate")
    except NotReady as refusal:
        return _stopped(request, version, environment, refusal, back)
    messages.success(request, f"Version {published.number} of {pathway.name} is in {environment} now.")
    return see_other(back)


def _chosen(request: MemberRequest, pathway: Pathway) -> PathwayVersion:
    """The version that is named, else the one that is worked on. Raises Http404."""
    number = request.POST.get("version") or request.GET.get("v") or ""
    working = None if number else versions.working(pathway)
    return working or get_version(pathway, int(number) if number.isdecimal() and len(number) < 9 else 0)


def _stopped(request: MemberRequest, version: PathwayVersion, environment: str, refusal: NotReady, back: str) -> HttpResponse:
    context = {
        "pathway": version.pathway,
        "version": version,
        "label": shown.version_label(version.pathway, version),
        "environment": environment,
        "problems": refusal.problems,
        "red": publishing_here.red(version) if refusal.failing else [],
        "back": back,
    }
    return render_page(request, "pathways/not_published.html", context, partial="stopped", status=422)
