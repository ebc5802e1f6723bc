"""Who changed what. Call `record` beside every change that staff make in Settings; never pass a secret."""

from typing import Any

from config.models import Account, ApiKey, AuditEntry, User

# action -> what the audit log says between the person and the subject
WORDS = {
    "key.made": "made the key",
    "key.revoked": "switched off the key",
    "own_carrier.key_made": "made an encrypted key for their own Twilio account",
    "member.invited": "invited",
    "member.role": "changed the role of",
    "member.removed": "removed",
    "member.link": "made a new sign-in link for",
    "rules.changed": "changed the calling rules",
    "dnc.added": "added to do not call:",
    "dnc.removed": "took off do not call:",
    "blocked.added": "blocked",
    "blocked.removed": "unblocked",
    "model.tested": "tested the model service",
    "speech.changed": "changed the speech service:",
    "webhook.address": "changed where results are sent:",
    "webhook.left": "ticked off what was given up at",
    "webhook.tested": "sent a test of results to",
    "account.changed": "changed the office",
    "line.made": "connected the phone line",
    "line.changed": "changed the phone line",
    "line.tested": "tested the phone line",
    "line.on": "switched on the phone line",
    "line.off": "switched off the phone line",
    "line.default": "made the default phone line:",
    "line.removed": "removed the phone line",
    "number.added": "added the office’s number",
    "number.changed": "changed the office’s number",
    "number.removed": "removed the office’s number",
    "pool.made": "made the pool of numbers",
    "pool.changed": "changed the pool of numbers",
    "pool.removed": "removed the pool of numbers",
    "webhook.secret": "made the webhook secret",
    "webhook.secret_old": "switched off the old webhook secret",
    "webhook.resent": "sent again",
    "webhook.created": "sent the results of",
    "profile.password": "changed their own password",
    "pathway.published": "published the pathway",
    "pathway.deleted": "deleted the pathway",
    "pathway.draft_deleted": "deleted a draft of the pathway",
    "call.handled": "ticked off as done:",
    "call.listened": "listened in on the call with",
    "call.deleted": "deleted the call with",
    "share.made": "made a link for others to the call with",
    "share.ended": "ended a link for others to the call with",
    "calls.deleted": "deleted",
    "calls.exported": "exported",
    "calls.sent_again": "sent again",
    "recording.deleted": "deleted the recording of the call with",
    "persona.made": "made the persona",
    "persona.renamed": "changed the name or picture of",
    "persona.promoted": "put into production the draft of",
    "persona.reset": "threw away the draft of",
    "persona.deleted": "deleted the persona",
    "guard_rail.made": "made the guard rail",
    "guard_rail.changed": "changed the guard rail",
    "guard_rail.on": "switched on the guard rail",
    "guard_rail.off": "switched off the guard rail",
    "guard_rail.attached": "attached the guard rail",
    "guard_rail.detached": "took off the guard rail",
    "guard_rail.deleted": "deleted the guard rail",
    "outcome.corrected": "changed the outcome of the call with",
    "outcome.given_back": "went back to the automatic outcome of the call with",
    "citation_schema.made": "made the list of facts",
    "citation_schema.changed": "changed the list of facts",
    "citation_schema.read": "had past calls read for the list of facts",
    "citation_schema.deleted": "deleted the list of facts",
}


def record(
    account: Account, action: str, subject: str = "", *, user: User | None = None, api_key: ApiKey | None = None, **detail: Any
) -> AuditEntry:
    """Writes one entry. `action` is a key of WORDS; `detail` holds JSON values: what was changed from what to what."""
    if action not in WORDS:
        raise ValueError(f"{action!r} has no words in config.kit.audit.WORDS")
    return AuditEntry.objects.create(account=account, user=user, api_key=api_key, action=action, subject=subject[:200], detail=detail)


def details(entry: AuditEntry) -> list[tuple[str, str]]:
    """The detail of an entry as (name, words) for people."""
    detail = entry.detail if isinstance(entry.detail, dict) else {}
    if isinstance(before := detail.get("before"), dict) and isinstance(after := detail.get("after"), dict):
        return [(name, f"{before.get(name, '')} → {after.get(name, '')}") for name in after]
    if "before" in detail and "after" in detail:
        return [("from", f"{detail['before']} → {detail['after']}")]
    return [(name, ", ".join(map(str, value)) if isinstance(value, list) else str(value)) for name, value in detail.items() if value]
