"""What a version may hold: parameters by the rules of a call, and only things that exist in the account."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings

from config.kit import pickers, storable
from config.models import Account
from personas import citation_schemas, routes
from personas.content import DISCLOSURES, KNOWLEDGE, Content
from personas.models import KnowledgeBase
from personas.parameters import Context, FieldError, validate
from personas.parameters.base import Bad

LONGEST_PROMPT = 20_000


def checked(account: Account, wanted: Content, inherited: Mapping[str, Any] | None = None) -> tuple[Content, list[FieldError]]:
    """The content as it is kept, and what is wrong with it. Use it only when nothing is wrong.

    `inherited`: parameters that stand where `wanted` says nothing.
    """
    context = Context(country=account.country, allow_http=settings.ALLOW_HTTP_WEBHOOKS)
    found = validate(dict(wanted.config), context, inherited=inherited, preset=True)
    errors = list(found.errors)
    try:
        going = routes.check(list(wanted.routes) if isinstance(wanted.routes, tuple) else wanted.routes)
    except Bad as bad:
        going = []
        errors.append(FieldError("routes", str(bad)))
    errors += _words(wanted)
    if not errors:
        errors = [*_tools(account, found.values), *_schemas(account, found.values), *_pathways(account, found.values, going)]
    said = [key for key in DISCLOSURES if key in wanted.disclosures]
    return Content(found.values, wanted.orchestration_prompt, going, said), errors


def _words(wanted: Content) -> list[FieldError]:
    errors = []
    if len(wanted.orchestration_prompt) > LONGEST_PROMPT:
        errors.append(FieldError("orchestration_prompt", f"orchestration_prompt must be at most {LONGEST_PROMPT} characters."))
    if why := storable.trouble([dict(wanted.config), wanted.orchestration_prompt, list(wanted.routes or ())]):
        errors.append(FieldError("", f"The persona {why}."))
    return errors


def _tools(account: Account, config: Mapping[str, Any]) -> list[FieldError]:
    """The same refusals that a call with these tools would get."""
    tools = config.get("tools") or []
    wanted = {tool: as_uuid(tool.removeprefix(KNOWLEDGE)) for tool in tools if tool.startswith(KNOWLEDGE)}
    uids = [uid for uid in wanted.values() if uid]
    known = set(KnowledgeBase.objects.filter(account=account, uid__in=uids).values_list("uid", flat=True)) if uids else set()
    errors = []
    for tool in tools:
        if tool not in wanted:
            errors.append(FieldError("tools", f'Invalid tools: no tool with ID "{tool}"'))
        elif wanted[tool] not in known:
            errors.append(FieldError("tools", f'Invalid tools: no knowledge base with ID "{tool}"'))
    return errors[:1]


def _schemas(account: Account, config: Mapping[str, Any]) -> list[FieldError]:
    name = citation_schemas.PARAMETER
    gone = citation_schemas.missing(account, config.get(name) or [])
    return [FieldError(name, citation_schemas.NOT_FOUND.format(uid)) for uid in gone[:1]]


def _pathways(account: Account, config: Mapping[str, Any], going: list[dict[str, Any]]) -> list[FieldError]:
    named = [("routes", str(route["pathway_id"])) for route in going]
    if config.get("pathway_id"):
        named.append(("pathway_id", str(config["pathway_id"])))
    if not named or not pickers.offered("pathways"):
        return []
    known = {uid for uid, _ in pickers.options("pathways", account)}
    return [FieldError(name, f'Pathway with ID "{uid}" not found') for name, uid in named if uid not in known][:1]


def as_uuid(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
