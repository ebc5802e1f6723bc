"""From a stored call to what carrier, agent and session are told. Reads rows, writes none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from calls import variables
from calls.agent.ports import Brief
from calls.agent.session import SessionConfig
from calls.carriers.base import Dial
from calls.models import Call
from calls.models.recording import storage
from calls.runner import lines, pathways
from personas.models import KnowledgeBase

KNOWLEDGE = "KB-"
WITH_SOUND = frozenset({"browser", "sip", "twilio"})  # carriers whose legs hear and speak


@dataclass(frozen=True, slots=True)
class Prepared:
    carrier: str
    dial: Dial
    brief: Brief
    session: SessionConfig
    rails: Sequence[Mapping[str, Any]] = ()  # the guard rails that watch it, as calls.rails froze them


def prepare(call: Call, at: datetime) -> Prepared:
    """What is said and done on this call; `{{variables}}` are filled as of `at`."""
    known = variables.of(call, at)
    numbers = {} if call.setting("model") == "turbo" else transfer_numbers(call)
    voicemail = call.setting("voicemail") or {}
    leads, routes = pathways.leading(call), pathways.routes(call)
    begun = [*([leads] if leads else []), *(route.pathway for route in routes)]
    dial = Dial(
        str(call.uid),
        call.to_number,
        call.from_number,
        options=call.config,
        variables=known,
        line=lines.of_call(call),
        record_to=record_to(call),
        speech=lines.speech_of(call.account) if call.carrier in WITH_SOUND else (),
    )
    brief = Brief(
        task=variables.fill(call.setting("task") or "", known),
        first_sentence=variables.fill(call.setting("first_sentence") or "", known),
        variables=known,
        knowledge=knowledge_of(call),
        plan=call.reading,
        can_transfer=bool(numbers),
        departments=[name for name in numbers if name],
        language=call.setting("language") or "babel-en",
        model=call.setting("model") or "base",
        temperature=_number(call, "temperature", 0.7),
        summary_prompt=call.setting("summary_prompt") or "",
        timezone=call.timezone,
        pathway=leads,
        routes=routes,
        others=pathways.others(call.account_id, begun) if begun else {},
        disclosures=tuple(call.disclosures),
    )
    session = SessionConfig(
        call_id=str(call.uid),
        wait_for_greeting=bool(call.setting("wait_for_greeting")),
        interruption_threshold=round(_number(call, "interruption_threshold", 500)),
        block_interruptions=bool(call.setting("block_interruptions")),
        ignore_button_press=bool(call.setting("ignore_button_press")),
        max_duration_ms=round(_number(call, "max_duration", 30) * 60_000),
        precall_dtmf_sequence=call.setting("precall_dtmf_sequence") or "",
        transfer_numbers=numbers,
        voicemail_action=voicemail.get("action") or "hangup",
        voicemail_message=variables.fill(voicemail.get("message") or "", known),
        voicemail_sms=voicemail.get("sms"),
        voicemail_sensitive=bool(voicemail.get("sensitive")),
    )
    return Prepared(call.carrier, dial, brief, session, call.rails)


def record_to(call: Call) -> str:
    """Where the sound of the call is written; "" when it is not recorded or the line has no sound."""
    wanted = bool(call.setting("record")) and call.carrier in WITH_SOUND
    return storage().path(f"{call.created_at:%Y/%m}/{call.uid}.wav") if wanted else ""


def transfer_numbers(call: Call) -> dict[str, str]:
    """Department -> number; "" is the default: the list's own default before the single number."""
    given: dict[str, str] = dict(call.setting("transfer_list") or {})
    default = given.pop("default", None) or call.setting("transfer_phone_number")
    return {**({"": default} if default else {}), **given}


def knowledge_of(call: Call) -> str:
    """The text of the attached knowledge bases, in the order in which they were given."""
    names = [tool for tool in call.setting("tools") or [] if isinstance(tool, str) and tool.startswith(KNOWLEDGE)]
    wanted = [uid for uid in map(_uuid, names) if uid is not None]
    if not wanted:
        return ""
    texts = dict(KnowledgeBase.objects.filter(account_id=call.account_id, uid__in=wanted).values_list("uid", "text"))
    return "\n\n".join(texts[uid] for uid in wanted if uid in texts)


def _uuid(name: str) -> UUID | None:
    try:
        return UUID(name.removeprefix(KNOWLEDGE))
    except ValueError:
        return None


def _number(call: Call, name: str, default: float) -> float:
    value = call.setting(name)
    return default if value is None else float(value)
