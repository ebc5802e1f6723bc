"""The test chat beside a pathway: a page of its own, and the panel of the editor."""

import json
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from calls.rehearsal import chat as chats
from calls.rehearsal import forms, shown
from config.kit.access import MemberRequest, page
from config.kit.http import render_page, see_other
from pathways import graph as graphs
from pathways.access import get_pathway
from pathways.models import Pathway, PathwayChat, PathwayVersion

BUSY = "The last message is still being answered. Say it again in a moment."
OVER = "This conversation is over. Start over to try again."
NO_START = "That step is not in this version any more."


@dataclass(frozen=True, slots=True)
class Panel:
    pathway: Pathway
    version: PathwayVersion
    label: str
    chat: PathwayChat | None
    lines: list[shown.Said]
    known: list[tuple[str, str]]
    steps: list[tuple[str, str]]
    now: str  # name of the step it is at
    route: str  # JSON for the canvas: {nodes, edges, now}
    stale: bool  # the draft was changed since the chat began
    data: str  # what the call knows, as text
    start: str
    web: bool  # steps call their web addresses
    wrong: str = ""


@page("operator")
@require_http_methods(["GET", "HEAD", "POST"])
def pathway_chat(request: MemberRequest, uid: UUID) -> HttpResponse:
    """GET shows the chat named in `chat`; POST starts one (`do=start`) or says something. Works without a script."""
    pathway = get_pathway(request.account, uid)
    version = _version(pathway, request.POST.get("version") or request.GET.get("version") or "")
    chat = _chat(pathway, request.POST.get("chat") or request.GET.get("chat") or "")
    wrong = ""
    if request.method == "POST":
        chat, wrong = _do(request, pathway, version, chat)
        if not request.htmx and chat is not None and not wrong:
            return see_other(f"{reverse('pathway-chat', args=[pathway.uid])}?version={version.number}&chat={chat.uid}")
    context = {"panel": _panel(pathway, version, chat, wrong, request.POST.get("data", ""))}
    return render_page(request, "pathways/chat.html", context, partial="chat", status=422 if wrong else 200)


def _do(request: MemberRequest, pathway: Pathway, version: PathwayVersion, chat: PathwayChat | None) -> tuple[PathwayChat | None, str]:
    """Does what was posted; the chat as it is then, and what went wrong."""
    try:
        if request.POST.get("do") == "start" or chat is None:
            data = forms.data_of(request.POST.get("data", ""))
            web = "web" in request.POST
            chat = chats.create(pathway, version, start_node_id=request.POST.get("start", ""), request_data=data, web=web)
            chats.say(chat, "")
        else:
            chats.say(chat, request.POST.get("message", ""))
    except chats.Busy:
        return chat, BUSY
    except chats.Over:
        return chat, OVER
    except chats.BadStart:
        return chat, NO_START
    except ValidationError as error:
        return chat, error.messages[0]
    return chat, ""


def _panel(pathway: Pathway, version: PathwayVersion, chat: PathwayChat | None, wrong: str, data: str) -> Panel:
    graph = graphs.load(chat.graph if chat else version.graph)
    route = chats.route(chat) if chat else []
    at = route[-1] if route else ""
    node = graph.node(at)
    edges = chats.ways(chat) if chat else []
    return Panel(
        pathway,
        version,
        shown.version_label(pathway, version),
        chat,
        shown.conversation(chat.logs, graph) if chat else [],
        shown.values(chats.variables(chat)) if chat else [],
        list(forms.steps(graphs.load(version.graph))),
        node.name if node else "",
        json.dumps({"nodes": list(dict.fromkeys(route)), "edges": list(dict.fromkeys(edges)), "now": at}),
        chat is not None and graphs.digest(chat.graph) != version.digest,
        data or (forms.data_text(chat.request_data) if chat else ""),
        chat.start_node_id if chat else "",
        bool(chat and chat.state.get(chats.WEB)),
        wrong,
    )


def _version(pathway: Pathway, number: str) -> PathwayVersion:
    found = PathwayVersion.objects.filter(pathway=pathway)
    version = found.filter(number=int(number)).first() if number.isdecimal() and len(number) < 9 else found.order_by("-number").first()
    if version is None:
        raise Http404
    version.pathway = pathway
    return version


def _chat(pathway: Pathway, uid: str) -> PathwayChat | None:
    if not uid:
        return None
    try:
        return PathwayChat.objects.select_related("pathway").get(pathway=pathway, uid=UUID(uid))
    except (ValueError, PathwayChat.DoesNotExist) as error:
        raise Http404 from error
