"""POST /v1/pathway/chat/create and /v1/pathway/chat/{chat_id}: a conversation with a pathway by typing."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import JsonResponse

from calls.api.answers import body_of, data, refused
from calls.pathway_logs import logs_of_chat
from calls.rehearsal import chat as chats
from config.kit.api import ApiRequest, api
from pathways import graph as graphs
from pathways.models import Pathway, PathwayChat, PathwayVersion

CREATED = "Chat instance created successfully"


@api("POST")
def create(request: ApiRequest) -> JsonResponse:
    body = body_of(request)
    version = version_of(request, body)
    given, start = body.get("request_data"), body.get("start_node_id")
    if given is not None and not isinstance(given, Mapping):
        raise refused(400, "INVALID_REQUEST_DATA", "request_data must be an object.")
    if start is not None and not isinstance(start, str):
        raise refused(400, "INVALID_START_NODE", "start_node_id must be a string.")
    web = body.get("send_requests", True)
    if not isinstance(web, bool):
        raise refused(400, "INVALID_FIELD", "send_requests must be true or false.")
    try:
        chat = chats.create(version.pathway, version, start_node_id=start or "", request_data=given or {}, web=web)
    except chats.BadStart:
        raise refused(400, "INVALID_START_NODE", f"Invalid start_node_id: there is no step {start} in this version.") from None
    return data({"chat_id": str(chat.uid), "message": CREATED, "variables": chat.request_data})


@api("POST")
def say(request: ApiRequest, chat_id: str) -> JsonResponse:
    chat = _chat(request, chat_id)
    message = body_of(request).get("message")
    if message is not None and (not isinstance(message, str) or len(message) > chats.LONGEST):
        raise refused(400, "INVALID_MESSAGE", f"message must be a string of at most {chats.LONGEST} characters.")
    try:
        said = chats.say(chat, message or "")
    except chats.Busy:
        raise refused(409, "CHAT_BUSY", "Another message of this chat is still being answered.") from None
    except chats.Over:
        raise refused(409, "CHAT_COMPLETED", "This chat has ended. Create another one.") from None
    return data(shape(chat, said))


def shape(chat: PathwayChat, said: list[str]) -> dict[str, Any]:
    route = chats.route(chat)
    node = graphs.load(chat.graph).node(route[-1]) if route else None
    return {
        "chat_id": str(chat.uid),
        "assistant_responses": said,
        "current_node_id": node.id if node else None,
        "current_node_name": node.name if node else None,
        "chat_history": chat.history,
        "pathway_id": str(chat.pathway.uid),
        "pathway_version": chat.version,
        "use_candidate_model": False,
        "variables": chats.variables(chat),
        "completed": chat.completed,
        "pathway_logs": logs_of_chat(chat.logs, chat.request_data),
    }


def version_of(request: ApiRequest, body: Mapping[str, Any]) -> PathwayVersion:
    """The version that a body names by `pathway_id` and `pathway_version` (a number, production or staging).

    When it names none: production, else the newest. Raises ApiError 400 and 404.
    """
    pathway = find_pathway(request, body.get("pathway_id"))
    wanted = body.get("pathway_version")
    rows = PathwayVersion.objects.filter(pathway=pathway)
    if wanted in ("production", "staging"):
        version = pathway.production if wanted == "production" else pathway.staging
    elif wanted in (None, 0, "0", ""):
        version = pathway.production or rows.order_by("-number").first()
    elif str(wanted).isdecimal() and len(str(wanted)) < 9 and not isinstance(wanted, bool):
        version = rows.filter(number=int(wanted)).first()
    else:
        raise refused(400, "INVALID_VERSION", "pathway_version must be a number, production or staging.")
    if version is None:
        raise refused(404, "VERSION_NOT_FOUND", "This pathway has no such version.")
    version.pathway = pathway
    return version


def find_pathway(request: ApiRequest, given: Any) -> Pathway:
    if not isinstance(given, str) or not given:
        raise refused(400, "MISSING_PATHWAY", "pathway_id is required.")
    rows = Pathway.objects.select_related("production", "staging").filter(account=request.account, deleted_at=None)
    try:
        pathway = rows.filter(uid=UUID(given)).first()
    except ValueError:
        pathway = None
    if pathway is None:
        raise refused(404, "PATHWAY_NOT_FOUND", "Pathway not found.")
    return pathway


def _chat(request: ApiRequest, chat_id: str) -> PathwayChat:
    try:
        chat = PathwayChat.objects.select_related("pathway").filter(account=request.account, uid=UUID(chat_id)).first()
    except ValueError:
        chat = None
    if chat is None:
        raise refused(404, "CHAT_NOT_FOUND", "Chat not found.")
    return chat
