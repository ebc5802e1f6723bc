"""The editor of a pathway: the page, what is done to the picture, and what is typed into the forms.

Everything that is saved names the revision it was made on. A stale save is answered with 409 and a choice; nothing is thrown away.
Scripts post JSON or ask for it (Accept) and get the parts of the page that changed; without a script the same addresses lead back to it.
"""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import BadRequest
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from config.kit.access import MemberRequest, page
from config.kit.http import render_page, see_other
from config.kit.times import absolute
from config.kit.withholding import without_keys
from pathways import editing, versions
from pathways.access import get_pathway, get_version
from pathways.drawing import draw
from pathways.editing import Frozen, Stale, Unreadable
from pathways.graph import load
from pathways.models import Pathway, PathwayVersion
from pathways.operations import Impossible, apply
from pathways.sheet import KINDS, Sheet, content, panel_of, sheet

QUIET = frozenset({"move"})  # the page has drawn these already
LISTS = frozenset({"steps", "ways"})


@dataclass(slots=True)
class Asked:
    """What a request wants to be done, from JSON or from a form."""

    operations: list[Any] = field(default_factory=list)
    number: int | None = None
    revision: int | None = None
    keep: str = ""  # "new": as a draft of its own; "mine": over what somebody else saved
    chosen: dict[str, str] = field(default_factory=dict)
    base: dict[str, Any] | None = None  # the graph a stale page stands on
    script: bool = False


@page("viewer")
@require_safe
def editor(request: MemberRequest, uid: UUID) -> HttpResponse:
    """The page of the draft, else of production, else of the newest version; `v` chooses one, `step` or `way` what its form shows."""
    pathway = get_pathway(request.account, uid)
    version = _version(pathway, _number(request.GET.get("v")))
    if not request.member.may("editor"):
        version.graph = without_keys(version.graph)  # never saved: who may not change it gets here only to read
    shown = sheet(request.member, pathway, version, request.GET)
    return render_page(request, "pathways/editor.html", _context(shown), partial="panel")


@page("editor")
@require_POST
def operations(request: MemberRequest, uid: UUID) -> HttpResponse:
    """Operations of pathways.operations on the draft."""
    pathway = get_pathway(request.account, uid)
    asked = _asked(request)
    if not asked.operations and not asked.script:
        raise BadRequest("An operation is needed.")
    return _answer(request, pathway, asked)


@page("editor")
@require_POST
def save(request: MemberRequest, uid: UUID) -> HttpResponse:
    """The form of a step, of a way on or of the whole."""
    pathway = get_pathway(request.account, uid)
    asked = _form_asked(request)
    version = _version(pathway, asked.number)
    if asked.script and not asked.base and (version.frozen or version.revision != asked.revision):
        return _stale(request, pathway, version, asked)
    if asked.base:  # what the page stands on: the form belongs to that, not to what somebody saved since
        version.graph = asked.base
    drawn = content(request.member, pathway, version)
    panel = panel_of(drawn, asked.chosen, request.POST)
    if panel.id != (asked.chosen.get("step") or asked.chosen.get("way") or ""):
        return _refused(request, pathway, version, asked, "This step is not there any more.", 409)
    if not panel.form.is_valid():
        return _refused(request, pathway, version, asked, "", 422)
    asked.operations = [{"op": "replace", "graph": asked.base}] * bool(asked.base) + panel.form.operations()
    return _answer(request, pathway, asked)


def _answer(request: MemberRequest, pathway: Pathway, asked: Asked) -> HttpResponse:
    """Saves, and says how it went in the way it was asked."""
    version = None if asked.keep == "new" and asked.script else _version(pathway, asked.number)
    try:
        saved = _save(request, pathway, version, asked)
    except (Impossible, Unreadable) as error:
        return _refused(request, pathway, version, asked, str(error), 422)
    except (Stale, Frozen) as error:
        current = error.current if isinstance(error, Stale) else version
        return _stale(request, pathway, current or _version(pathway, None), asked)
    if saved.pk != getattr(version, "pk", None):  # a draft of its own: another page
        target = _address(pathway, saved)
        return JsonResponse({"href": target}) if asked.script else see_other(target)
    if not asked.script:
        return see_other(_address(pathway, saved, asked.chosen))
    return JsonResponse(_parts(request, pathway, saved, asked))


def _save(request: MemberRequest, pathway: Pathway, version: PathwayVersion | None, asked: Asked) -> PathwayVersion:
    """The version that holds it now. Raises Impossible, Unreadable, Stale, Frozen."""
    if version is None or asked.keep == "new":
        graph = apply(version.graph if version else {}, asked.operations)
        return editing.new_draft(pathway, graph, source=version, by=request.user)
    if version.frozen:
        raise Frozen
    if version.revision != asked.revision and asked.keep != "mine":
        raise Stale(version)
    if not asked.operations:
        return version
    graph = version.graph
    if not draw(load(graph)).placed:
        graph = apply(graph, [{"op": "tidy"}])  # it stands as the page shows it from now on
    return editing.save(version, apply(graph, asked.operations), revision=version.revision, by=request.user)


def _parts(request: MemberRequest, pathway: Pathway, version: PathwayVersion, asked: Asked) -> dict[str, Any]:
    """What the page needs to show the draft as it stands now."""
    answer: dict[str, Any] = {"revision": version.revision, "saved": absolute(version.updated_at), "graph": version.graph}
    if asked.operations and all(operation["op"] in QUIET for operation in asked.operations):
        return answer
    version.pathway = pathway
    shown = sheet(request.member, pathway, version, asked.chosen)
    context = _context(shown)
    names = {"canvas": "pathways/_graph.html", "problems": "pathways/_problems.html", "steps": "pathways/_steps.html"}
    parts = {name: render_to_string(template, context, request) for name, template in names.items()}
    parts |= {name: render_to_string(f"pathways/editor.html#{name}", context, request) for name in ("actions", "panel")}
    return {**answer, "parts": parts, "chosen": shown.chosen}


def _refused(
    request: MemberRequest, pathway: Pathway, version: PathwayVersion | None, asked: Asked, message: str, status: int
) -> HttpResponse:
    """Why nothing was saved: beside the fields of the form, or in one sentence."""
    version = version or _version(pathway, None)
    posted = request.POST if asked.chosen and not asked.operations and not message else None
    if asked.script and message:
        return JsonResponse({"message": message}, status=status)
    shown = sheet(request.member, pathway, version, asked.chosen, posted)
    context = {**_context(shown), "notice": message}
    if asked.script:
        return JsonResponse({"parts": {"panel": render_to_string("pathways/editor.html#panel", context, request)}}, status=status)
    return render(request, "pathways/editor.html", context, status=status)


def _stale(request: MemberRequest, pathway: Pathway, current: PathwayVersion, asked: Asked) -> HttpResponse:
    """What stands there now, and what was wanted: whoever was second chooses."""
    current.pathway = pathway
    who = "You, in another window," if current.updated_by == request.user else str(current.updated_by or "A program")
    stale = {"who": who, "at": absolute(current.updated_at), "revision": current.revision, "frozen": current.frozen, "graph": current.graph}
    if asked.script:
        return JsonResponse({"stale": stale, "operations": asked.operations}, status=409)
    posted = request.POST if asked.chosen and "op" not in request.POST else None
    context = {**_context(sheet(request.member, pathway, current, asked.chosen, posted)), "stale": stale, "wanted": request.POST.lists()}
    return render(request, "pathways/editor.html", context, status=409)


def _asked(request: MemberRequest) -> Asked:
    if request.content_type != "application/json":
        return _form_asked(request)
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise BadRequest("That is not JSON.") from error
    given = body.get("operations") if isinstance(body, dict) else None
    if not isinstance(given, list) or not all(isinstance(operation, dict) for operation in given):
        raise BadRequest("A list of operations is needed.")
    chosen = body.get("chosen")
    return Asked(
        operations=given,
        number=_number(body.get("version")),
        revision=_number(body.get("expected_revision")),
        keep=str(body.get("keep") or ""),
        chosen={key: str(value) for key, value in chosen.items()} if isinstance(chosen, dict) else {},
        script=True,
    )


def _form_asked(request: MemberRequest) -> Asked:
    """One operation as a form posts it (`op` and its fields), or none: the form of a step."""
    post = request.POST
    chosen = {key: post[key] for key in ("step", "way") if post.get(key)}
    operation: dict[str, Any] = {}
    for key in post if post.get("op") else ():
        if key in LISTS:
            operation[key] = post.getlist(key)
        elif key in ("op", "type", "from", "id", "source", "target", "step"):
            operation[key] = post[key]
    if operation.get("op") == "add":
        operation["id"] = chosen["step"] = str(uuid4())
    return Asked(
        operations=[operation] if operation else [],
        number=_number(post.get("version")),
        revision=_number(post.get("revision")),
        keep=post.get("keep", ""),
        chosen=chosen,
        base=_base(post.get("base", "")),
        script="application/json" in request.headers.get("Accept", ""),
    )


def _base(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text) if text else None
        return editing.readable(found) if isinstance(found, dict) else None
    except (ValueError, RecursionError) as error:  # Unreadable is a ValueError
        raise BadRequest("That is not a pathway.") from error


def _context(shown: Sheet) -> dict[str, Any]:
    return {"sheet": shown, "drawing": shown.drawing, "editable": True, "chosen": shown.chosen, "panel": shown.panel, "kinds": KINDS}


def _version(pathway: Pathway, number: int | None) -> PathwayVersion:
    """The one with this number; without one, what people work on."""
    found = versions.working(pathway) if number is None else None
    if found is None:
        return get_version(pathway, number or 0)
    found.pathway = pathway
    return found


def _number(value: Any) -> int | None:
    """A number of a version or revision; None when it is none."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isdecimal() and len(text) < 9 else None


def _address(pathway: Pathway, version: PathwayVersion, chosen: dict[str, str] | None = None) -> str:
    query = {"v": str(version.number), **(chosen or {})}
    return f"{reverse('pathway-editor', args=[pathway.uid])}?{urlencode(query)}"
