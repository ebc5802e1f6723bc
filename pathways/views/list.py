"""The Pathways page."""

from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from config.kit.access import MemberRequest, page
from config.kit.http import render_page
from pathways import queries
from pathways.contexts import Choice, Listing, list_row
from pathways.making_forms import NameForm
from pathways.publishing import known
from pathways.queries import Filters

PAGE = 25
STATES = {"": "All", "production": "In production", "staging": "In staging", "draft": "With a draft"}


@page("viewer")
@require_safe
def pathways(request: MemberRequest) -> HttpResponse:
    return render_page(
        request, "pathways/list.html", {"list": listing(request), "folder_form": NameForm(auto_id="folder-%s")}, partial="box"
    )


def listing(request: MemberRequest) -> Listing:
    filters = _filters(request)
    found = Paginator(queries.matching(request.account, filters), PAGE).get_page(request.GET.get("page"))
    rows = queries.with_versions(found.object_list)
    counted = queries.counts([row.version for row in rows if row.version], known(request.account))
    shelves = queries.folders(request.account)
    return Listing(
        rows=[list_row(row, counted) for row in rows],
        page=found,
        filters=filters,
        states=[Choice(key, word, key == filters.state, href=_address(filters, state=key)) for key, word in STATES.items()],
        folders=[Choice(str(f.uid), f.name, str(f.uid) == filters.folder, f.pathway_count) for f in shelves],  # type: ignore[attr-defined]
        folder=next((folder for folder in shelves if str(folder.uid) == filters.folder), None),
    )


def _filters(request: MemberRequest) -> Filters:
    state = request.GET.get("state", "")
    return Filters(
        text=request.GET.get("q", "").replace("\x00", "").strip()[:80],
        folder=_folder(request.GET.get("folder", "")),
        state=state if state in STATES else "",
    )


def _folder(given: str) -> str:
    try:
        return given if given in ("", "none") else str(UUID(given))
    except ValueError:
        return ""


def _address(filters: Filters, *, state: str) -> str:
    given = {"q": filters.text, "folder": filters.folder, "state": state}
    query = urlencode({key: value for key, value in given.items() if value})
    return f"{reverse('pathways')}?{query}" if query else reverse("pathways")
