"""One request, one rule set: the API and the Send call page come through here."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError
from django.utils.timezone import now

from calls import lifecycle, lines, own_carrier, rails, rules
from calls.carriers import registry
from calls.carriers.registry import Way
from calls.hooks import events as hooks
from calls.models import Call
from calls.naming import callee_name
from calls.own_carrier import OwnAccount
from calls.reached import reached
from calls.requests import caller_id, content, references
from calls.requests.caller_id import CallerId
from calls.requests.refused import plain, unless
from calls.requests.resolve import Draft, country_of, resolve
from config.kit.writing import writing
from config.models import Account, ApiKey, User

log = logging.getLogger(__name__)
NO_TONES = "Precall DTMF sequence is not supported for this platform."
DRAFT_ON_A_LINE = "A draft can only be rehearsed: with a pretend callee, or in this browser."
OWN_NUMBER = "dialing_strategy is ignored: the call shows a number of the Twilio account that it goes out over."
NOT_SAVED = "Unable to save request body."
NOT_QUEUED = "Unable to queue call."


@dataclass(frozen=True, slots=True)
class Approved:
    """What passed every rule."""

    draft: Draft
    way: Way
    found: references.Found
    caller: CallerId
    own: OwnAccount | None = None  # the sender's own Twilio account, which takes the call


def send(
    account: Account,
    body: Any,
    *,
    by: User | None = None,
    api_key: ApiKey | None = None,
    source: str = "api",
    encrypted_key: str = "",
    carrier: str = "",
    rehearsed: bool = False,
    on_saved: Callable[[Call], None] | None = None,
) -> Call:
    """Accepts a call: every rule in its order, then the row and its place in the queue in one transaction.

    `carrier`: one asked for by name ("browser"). `rehearsed`: with the draft of the persona, never over a real line.
    `on_saved` runs in that transaction. Raises Refused.
    """
    at = now()
    unless(rules.flagged(account))
    unless(rules.check_rate(account, at))
    draft = resolve(account, body, at, rehearsed=rehearsed)
    way = choose_way(account, draft, carrier or (registry.TWILIO if encrypted_key else ""))
    line_can(draft, way.kind)
    only_pretend(way.kind, rehearsed)
    if rules.is_sensitive(draft.number, account.country):
        unless(rules.count_sensitive_attempt(account, draft.number, at), "phone_number")
    approved = approve(account, draft, way, at, encrypted_key)
    call = new_call(account, body, approved, at)
    call.created_by, call.api_key, call.source = by, api_key, source
    try:
        with writing():
            rules.lock_number(account, draft.number)
            unless(rules.check_number(account, draft.number, carrier=way.kind, at=at), "phone_number")  # now nobody can come in between
            lifecycle.create(call, [lifecycle.Event("call", note) for note in call.notes])
            approved.caller.use()
            if on_saved is not None:
                on_saved(call)
    except lifecycle.NotQueued:
        log.exception("a call could not be queued")
        raise plain(400, NOT_QUEUED) from None
    except (DatabaseError, UnicodeError):
        log.exception("a call could not be saved")
        raise plain(400, NOT_SAVED) from None
    return call


def choose_way(account: Account, draft: Draft, carrier: str) -> Way:
    """Over which line the call goes. Raises Refused."""
    try:
        return registry.choose(account, draft.number, carrier, caller_id=draft.config["from"])
    except lines.SwitchedOff as off:
        raise plain(400, str(off), "from") from None


def approve(account: Account, draft: Draft, way: Way, at: datetime, encrypted_key: str = "") -> Approved:
    """Number policy, billing, what the request names, content. Raises Refused with the first objection."""
    unless(rules.check_number(account, draft.number, carrier=way.kind, at=at), "phone_number")
    unless(rules.check_billing(account))
    own = _own_account(account, encrypted_key)
    found = references.check(account, draft)
    caller = CallerId() if own else caller_id.choose(account, draft.config, way.line)
    content.check(rules.of_account(account).blocked_phrases, draft.config, found.pathway)
    return Approved(draft, way, found, _own_caller(own, draft) if own else caller, own)


def _own_account(account: Account, encrypted_key: str) -> OwnAccount | None:
    try:
        return own_carrier.read_key(account, encrypted_key) if encrypted_key else None
    except own_carrier.Trouble as trouble:
        raise plain(500, str(trouble)) from None


def _own_caller(own: OwnAccount, draft: Draft) -> CallerId:
    """A number of that account. It is asked over the network, so after everything that could be objected without it."""
    try:
        number = own_carrier.number_for(own, draft.config["from"])
    except own_carrier.Trouble as trouble:
        raise plain(500, str(trouble)) from None
    if number is None:
        raise plain(400, caller_id.NOT_OWNED, "from")
    return CallerId(number, note=OWN_NUMBER if draft.config["dialing_strategy"] and not draft.config["from"] else "")


def new_call(account: Account, body: dict[str, Any], approved: Approved, at: datetime) -> Call:
    """The row of an approved call, not yet saved."""
    draft, version, persona = approved.draft, approved.found.pathway, approved.draft.persona
    config = draft.config
    if not storable(body):
        raise plain(400, NOT_SAVED)
    due_at, held_reason = rules.due(account, config["timezone"], wanted(config, at), approved.way.kind)
    return Call(
        account=account,
        created_at=at,
        to_number=draft.number,
        from_number=approved.caller.number,
        callee_name=callee_name(config["request_data"]),
        country=country_of(draft.number, account),
        timezone=config["timezone"],
        carrier=approved.way.kind,
        line=approved.way.line,
        own_carrier=own_carrier.sealed(approved.own),
        request=without_secrets(body),
        config=config,
        sources=draft.sources,
        notes=[*draft.notes, *filter(None, [approved.caller.note])],
        persona=persona.persona if persona else None,
        persona_version=persona.number if persona else None,
        pathway_id=version.pathway_id if version else None,
        pathway_version=version.number if version else None,
        rails=rails.of_call(
            account,
            config,
            draft.sources,
            persona.persona if persona else None,
            reached(account.pk, version.graph if version else None, draft.routes),
        ),
        routes=draft.routes,
        disclosures=draft.disclosures,
        hook_events=hooks.chosen(config["webhook_events"]) if config["webhook"] or account.webhook_url else "",
        pathway_graph=version.graph if version and not version.frozen else None,  # a draft may change before the call is dialled
        due_at=due_at,
        held_reason=held_reason,
    )


def only_pretend(carrier: str, rehearsed: bool) -> None:
    """Raises Refused when a draft would be heard by somebody real."""
    if rehearsed and registry.is_real(carrier):
        raise plain(400, DRAFT_ON_A_LINE, "phone_number")


def wanted(config: dict[str, Any], at: datetime) -> datetime:
    """When the call was asked for: now, unless a moment ahead was named."""
    named = datetime.fromisoformat(config["start_time"]) if config["start_time"] else at
    return max(named, at)


def without_secrets(body: dict[str, Any]) -> dict[str, Any]:
    """The request as it came, with the values of the headers of its live data taken out: they often hold keys."""
    items = body.get("dynamic_data")
    if not isinstance(items, list):
        return body
    return {**body, "dynamic_data": [{**item, "headers": _hidden(item["headers"])} if item.get("headers") else item for item in items]}


def storable(value: Any) -> bool:
    """Whether both databases can keep it: no NUL and no half characters in any text."""
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= char <= "\udfff" for char in value)
    if isinstance(value, dict):
        return all(storable(key) and storable(part) for key, part in value.items())
    return all(map(storable, value)) if isinstance(value, list) else True


def _hidden(headers: Any) -> Any:
    if isinstance(headers, list):
        return [{**pair, "value": "…"} for pair in headers]
    return dict.fromkeys(headers, "…")


def line_can(draft: Draft, carrier: str) -> None:
    """Raises Refused for what the chosen line cannot do."""
    if draft.config["precall_dtmf_sequence"] and not registry.get(carrier).can_precall_dtmf:
        raise plain(400, NO_TONES, "precall_dtmf_sequence")
