"""What the templates of Send call get: finished values, no queries left to start."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import QueryDict

from calls import variables
from calls.agent.builtin.opening import opening
from calls.agent.ports import Brief
from calls.agent.rails.opening import completed
from calls.carriers import registry
from calls.models import Call
from calls.requests import Preview, preview
from calls.send import curl, words
from calls.send import reading as readings
from calls.send.form import SendForm
from config.models import Account
from pathways.graph import load
from personas.content import whole_task
from personas.contexts import who
from personas.models import KnowledgeBase
from personas.parameters import BY_NAME, FieldError

EXAMPLE_NUMBER = "+15005550006"
EXAMPLE_TASK = "You are Anna from Acme Dental. Confirm the appointment on Tuesday at 3pm. Ask whether they have insurance."


@dataclass(frozen=True, slots=True)
class Callee:
    number: str
    about: str


PRETEND = tuple(
    Callee(f"+1500555{last}", about)
    for last, about in (
        ("0006", "answers everything kindly"),
        ("0007", "asks whether it is a robot"),
        ("0012", "asks what it was not told"),
        ("0014", "interrupts"),
        ("0008", "wants to speak to a human"),
        ("0005", "says stop calling"),
        ("0009", "is the wrong person"),
        ("0004", "hangs up midway"),
        ("0010", "says nothing"),
        ("0003", "voicemail with a beep"),
        ("0011", "a phone menu"),
        ("0002", "nobody answers"),
        ("0001", "busy"),
        ("0013", "a line that fails"),
    )
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing to put right, as the summary at the top lists it."""

    field: str
    label: str
    message: str


@dataclass(frozen=True, slots=True)
class CanFact:
    name: str
    text: str
    good: bool | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """How a call goes out, for people. `rings`: a real telephone rings."""

    rings: bool = False
    line: str = ""
    caller_id: str = ""  # "" when the line shows what it shows by itself


@dataclass(frozen=True, slots=True)
class Can:
    """The "Can I call now?" card."""

    word: str
    why: str
    tone: str = "good"  # good, warn, bad, unknown
    icon: str = "check"
    facts: list[CanFact] = field(default_factory=list)
    first: str = ""
    route: Route | None = None  # None: not known before there is a number


def example() -> dict[str, Any]:
    """What the form holds at first, so that a newcomer only has to press the button."""
    return {"phone_number": EXAMPLE_NUMBER, "task": EXAMPLE_TASK}


def values_of(form: SendForm, body: dict[str, Any]) -> dict[str, Any]:
    return {**form.held.values, **body}


def knowledge_of(account: Account, values: dict[str, Any]) -> str:
    uids = []
    for tool in values.get("tools") or ():
        try:
            uids.append(UUID(str(tool).removeprefix("KB-")))
        except ValueError:
            continue
    return "\n".join(KnowledgeBase.objects.filter(account=account, uid__in=uids[:50]).values_list("text", flat=True))


def read_task(account: Account, form: SendForm, body: dict[str, Any]) -> readings.Reading | None:
    """The reading of this call's task; None when a pathway or nothing leads it."""
    values = values_of(form, body)
    task = str(values.get("task") or "")
    if form.lead == "pathway" or not task.strip():
        return None
    facts = dict(values.get("request_data") or {})
    return readings.read(
        variables.fill(whole_task(form.held.every_call, task), facts),
        facts,
        knowledge_of(account, values),
        str(values.get("language") or ""),
        form.data if isinstance(form.data, QueryDict) else None,
    )


def corrected_plan(account: Account, form: SendForm, body: dict[str, Any]) -> dict[str, Any] | None:
    """The plan staff put right by hand; None when the task is to be read as it stands."""
    reading = read_task(account, form, body)
    return reading.plan.to_dict() if reading is not None and reading.edited else None


def reading_context(account: Account, form: SendForm, body: dict[str, Any]) -> dict[str, Any]:
    return {"reading": read_task(account, form, body), "agent": agent_name(values_of(form, body))}


def agent_name(values: dict[str, Any]) -> str:
    """Who will speak, as screens say it."""
    model = settings.MODEL_TURBO if values.get("model") == "turbo" else settings.MODEL_BASE
    return f"{model} (model)" if settings.MODEL_BASE_URL and model else "Built-in agent"


def cost_words(values: dict[str, Any]) -> str:
    """Likely and highest cost: two minutes, and the longest call."""
    rate = settings.PRICE_PER_MINUTE
    try:
        longest = min(720, max(1, float(values.get("max_duration") or 30)))
    except (TypeError, ValueError):
        longest = 30.0
    return f"about ${rate * 2:.2f}, at most ${float(rate) * longest:.2f}"


def curl_of(body: dict[str, Any]) -> str:
    return curl.command(body)


def changed_words(form: SendForm, body: dict[str, Any]) -> list[str]:
    """Names of what was set for this call, besides who and what."""
    skipped = {"phone_number", "task", "persona_id", "pathway_id", "request_data", "start_time"}
    return [BY_NAME[name].label.lower() for name in body if name not in skipped]


def context(account: Account, form: SendForm, errors: list[FieldError], reason: str = "") -> dict[str, Any]:
    """Everything the whole page shows."""
    body = form.read()[0]
    form.put_errors(errors)
    values = values_of(form, body)
    held = form.held
    return {
        "form": form,
        "token": uuid4().hex,
        "wrong": [_wrong(form, error, reason) for error in errors],
        "phone": form.data.get("phone_number", "") if form.is_bound else form.prefill.get("phone_number", ""),
        "can": can_call(account, form, body),
        "lead": form.lead,
        "persona": held.persona,
        "persona_who": who(held.persona) if held.persona else None,
        "persona_version": held.version,
        "draft": held.draft,
        "persona_short": held.short_name,
        "personas": held.others,
        "pathway": form.pathway.pathway.name if form.pathway else "",
        "pathways": [o for o in form.fields["pathway_id"].widget.choices if o[0]],
        "task": form.data.get("task", "") if form.is_bound and form.data.get("how") != "look" else str(values.get("task") or ""),
        "task_source": "request" if "task" in body else held.source("task"),
        "facts": form.facts() or [],
        "later": form.later,
        "start_time": form.data.get("start_time", "") if form.is_bound else "",
        "zone": words.zone_of(body, held),
        "groups": form.groups(values),
        "changed": changed_words(form, body),
        "cost": cost_words(values),
        "pretend": PRETEND,
        "rehearsal": registry.rehearsing(account),
        **reading_context(account, form, body),
    }


def _wrong(form: SendForm, error: FieldError, reason: str) -> Wrong:
    parameter = BY_NAME.get(error.name)
    message = f"{error.message} {reason}".strip() if reason and reason not in error.message else error.message
    return Wrong(form.field_for(error), parameter.label if parameter else "This call", message)


TONES = {"yes": ("good", "check"), "held": ("warn", "clock"), "no": ("bad", "ban"), "unknown": ("unknown", "circle-help")}


def can_call(account: Account, form: SendForm, body: dict[str, Any]) -> Can:
    """The card for this request: the rules of sending, told before it is sent. A draft is always rehearsed."""
    draft = form.held.draft
    seen = preview(account, body, carrier=registry.SIMULATED if draft else "", rehearsed=draft)
    tone, symbol = TONES[seen.verdict]
    facts = [CanFact(f.name, f.text, f.good) for f in seen.facts]
    first = first_words(account, form, body) if seen.number else ""
    return Can(seen.word, seen.why, tone, symbol, facts, first, _route(seen) if seen.number else None)


def _route(seen: Preview) -> Route:
    return Route(registry.is_real(seen.carrier), seen.line, seen.caller_id)


def route_of(call: Call) -> Route:
    """The same for a call that was accepted."""
    return Route(registry.is_real(call.carrier), call.line.name if call.line else "", call.from_number)


def first_words(account: Account, form: SendForm, body: dict[str, Any]) -> str:
    """The first thing the callee hears, as far as it is known before the call."""
    values = values_of(form, body)
    facts = dict(values.get("request_data") or {})
    if form.lead == "pathway":
        start = load(form.pathway.graph).start if form.pathway else None
        return variables.fill(start.text, facts) if start else ""
    first = variables.fill(str(values.get("first_sentence") or ""), facts)
    reading = read_task(account, form, body)
    words = opening(reading.plan, first) if reading is not None else first
    wanted = form.held.version.disclosures if form.held.version else []
    if not words or not wanted:
        return words
    plan = reading.plan.to_dict() if reading is not None else None
    return completed(words, wanted, Brief(task="", plan=plan, language=str(values.get("language") or "")))
