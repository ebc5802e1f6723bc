"""One call: what was asked, where it stands, how it came out. State changes only through calls.lifecycle."""

import uuid
from typing import Any

from django.db import models
from django.utils.timezone import now

from calls.states import QUEUE_STATUS, AnsweredBy, EndedBy, State, Status


class Call(models.Model):
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey("config.Account", on_delete=models.PROTECT, related_name="calls")
    created_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey("config.User", null=True, on_delete=models.SET_NULL, related_name="+")
    api_key = models.ForeignKey("config.ApiKey", null=True, on_delete=models.SET_NULL, related_name="+")
    source = models.CharField(max_length=12, default="api", help_text="api, page, retry")
    batch_id = models.UUIDField(null=True)
    retry_of = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="retries")
    # what was asked ---------------------------------------------------------------------------------------------------
    to_number = models.CharField(max_length=16, help_text="E.164")
    from_number = models.CharField(max_length=16, blank=True)
    callee_name = models.CharField(max_length=120, blank=True, help_text="As request_data names them, see calls.naming")
    country = models.CharField(max_length=2, blank=True)
    timezone = models.CharField(max_length=64, default="America/Los_Angeles", help_text="The callee's zone")
    carrier = models.CharField(max_length=16, default="simulated", help_text="simulated, browser, sip, twilio")
    line = models.ForeignKey("calls.Line", null=True, on_delete=models.SET_NULL, related_name="calls")
    own_carrier = models.TextField(
        blank=True, help_text="Twilio account of the sender's own (encrypted_key), sealed; emptied when the call ends"
    )
    carrier_ref = models.CharField(max_length=80, blank=True, help_text="The carrier's own name of the call: Call SID, SIP Call-ID")
    request = models.JSONField(default=dict, help_text="The body as it came, without secrets")
    config = models.JSONField(default=dict, help_text="Resolved value of every parameter, frozen when the call was accepted")
    sources = models.JSONField(default=dict, help_text="parameter -> request, persona or default")
    notes = models.JSONField(default=list, help_text="Sentences about what was ignored or replaced when the call was accepted")
    persona = models.ForeignKey("personas.Persona", null=True, on_delete=models.PROTECT, related_name="+")
    persona_version = models.PositiveIntegerField(null=True)
    pathway = models.ForeignKey("pathways.Pathway", null=True, on_delete=models.PROTECT, related_name="+")
    pathway_version = models.PositiveIntegerField(null=True)
    pathway_graph = models.JSONField(null=True, help_text="Of a version that was still a draft: as it was when the call was accepted")
    rails = models.JSONField(default=list, help_text="The guard rails that watch this call, from request, persona and pathway: calls.rails")
    disclosures = models.JSONField(default=list, help_text="What the opening says besides, from the persona: ai, self, recording")
    routes = models.JSONField(default=list, help_text="When the call goes over to a pathway, from the persona")
    hook_events = models.CharField(max_length=80, blank=True, help_text="webhook_events between commas; empty: none is sent")
    agent = models.CharField(max_length=80, blank=True, help_text="Who speaks: 'built-in' or the model's name")
    reading = models.JSONField(null=True, help_text="How the built-in agent read the task (calls.agent.builtin)")
    variables = models.JSONField(default=dict)
    # where it stands --------------------------------------------------------------------------------------------------
    state = models.CharField(max_length=16, choices=[(s.value, s.value) for s in State], default=State.NEW)
    due_at = models.DateTimeField(default=now)
    held_reason = models.CharField(max_length=160, blank=True, help_text="Why due_at was moved, in words for staff")
    lease_owner = models.UUIDField(null=True, help_text="Runner.uid")
    lease_until = models.DateTimeField(null=True)
    stop_requested_at = models.DateTimeField(null=True)
    stop_requested_by = models.CharField(max_length=120, blank=True, help_text="Who stopped it, as people know them")
    dialling_at = models.DateTimeField(null=True)
    ringing_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True, help_text="Answered")
    ended_at = models.DateTimeField(null=True)
    command_seq = models.PositiveIntegerField(default=0, help_text="seq of the newest CallEvent of kind command; 0: none")
    last_seq = models.PositiveIntegerField(default=0, help_text="seq of the newest CallEvent")
    # how it came out --------------------------------------------------------------------------------------------------
    status = models.CharField(max_length=10, blank=True, choices=[(s.value, s.value) for s in Status])
    answered_by = models.CharField(max_length=10, blank=True, choices=[(s.value, s.value) for s in AnsweredBy])
    call_ended_by = models.CharField(max_length=9, blank=True, choices=[(s.value, s.value) for s in EndedBy])
    error_message = models.CharField(max_length=300, blank=True)
    duration_ms = models.PositiveIntegerField(default=0, help_text="Answered to ended, on the call's own clock")
    transferred_to = models.CharField(max_length=16, blank=True)
    transferred_at = models.DateTimeField(null=True)
    price = models.DecimalField(max_digits=10, decimal_places=4, null=True, help_text="USD")
    disposition_tag = models.CharField(max_length=120, blank=True)
    disposition_quote = models.TextField(blank=True, help_text="The callee's words that decided; empty when the system decided")
    disposition_seq = models.PositiveIntegerField(null=True, help_text="Utterance.seq of the quote")
    disposition_reason = models.CharField(max_length=200, blank=True, help_text="One sentence for staff")
    summary = models.TextField(blank=True)
    rubric = models.PositiveSmallIntegerField(default=0, help_text="Of the rules that wrote the outcome (analytics.outcomes.RUBRIC)")
    analysis = models.JSONField(null=True, help_text="Answers to analysis_schema: name -> value or null")
    facts_state = models.CharField(
        max_length=6, blank=True, help_text="Citations and analysis: empty (none asked for), due, done, failed; set with the outcome"
    )
    facts_at = models.DateTimeField(null=True, help_text="When they were read")
    outcome_at = models.DateTimeField(null=True, help_text="When the outcome was written; null: still due")
    words_at = models.DateTimeField(null=True, help_text="When its words were made searchable (CallText); null: still due")
    needs_person = models.JSONField(default=list, help_text="[{reason, text, seq}]; empty: nothing to do")
    handled_at = models.DateTimeField(null=True, help_text="When a person ticked off needs_person")
    # Kept by the database: JSON cannot be looked up in an index, and Home asks on every visit who waits for a person.
    waits_for_person = models.GeneratedField(
        expression=models.Case(models.When(~models.Q(needs_person=[]) & models.Q(handled_at=None), then=True), default=False),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        indexes = [
            # Beside the order, what rare filters ask: the list is walked in it without touching a row (calls.queries.narrow).
            models.Index(
                fields=["account", "-created_at", "-id", "state", "duration_ms", "price", "call_ended_by", "error_message"],
                name="call_list",
            ),
            # -id too: an index that does not give the whole order loses against call_list, which then reads every call of the account
            models.Index(fields=["account", "to_number", "-created_at", "-id"], name="call_by_number"),
            models.Index(fields=["account", "state", "-created_at", "-id"], name="call_by_state"),
            models.Index(fields=["account", "status", "-created_at", "-id"], name="call_by_status"),
            models.Index(fields=["account", "disposition_tag", "-created_at", "-id"], name="call_by_disposition"),
            models.Index(fields=["account", "answered_by", "-created_at", "-id"], name="call_by_answered"),
            models.Index(fields=["account", "persona", "-created_at", "-id"], name="call_by_persona"),
            models.Index(fields=["account", "created_at", "id"], name="call_active", condition=models.Q(ended_at=None)),
            models.Index(fields=["account", "batch_id", "-created_at", "-id"], name="call_by_batch"),
            models.Index(fields=["account", "callee_name"], name="call_by_name"),
            # Not partial by state: SQLite cannot prove that `state = ?` implies `state IN (...)` and would read the whole table.
            models.Index(fields=["account", "-created_at", "-id"], name="call_waits_for_person", condition=models.Q(waits_for_person=True)),
            models.Index(fields=["line"], name="call_live_on_line", condition=models.Q(ended_at=None, line__isnull=False)),
            models.Index(fields=["state", "due_at"], name="call_due"),
            models.Index(fields=["lease_until"], name="call_lease", condition=models.Q(lease_until__isnull=False)),
            models.Index(fields=["lease_owner"], name="call_leased_by", condition=models.Q(lease_owner__isnull=False)),
            models.Index(
                fields=["ended_at"],
                name="call_outcome_due",
                condition=models.Q(outcome_at=None, ended_at__isnull=False),
            ),
            # what a search finds by name alone, and what the sweep of calls.searching looks for
            models.Index(fields=["account", "-created_at", "-id"], name="call_without_words", condition=models.Q(words_at=None)),
            models.Index(fields=["ended_at"], name="call_words_due", condition=models.Q(words_at=None, ended_at__isnull=False)),
            models.Index(fields=["ended_at"], name="call_facts_due", condition=models.Q(facts_state="due")),
            models.Index(fields=["account", "pathway", "-created_at", "-id"], name="call_by_pathway"),
            models.Index(fields=["account", "from_number", "-created_at", "-id"], name="call_by_from"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[s.value for s in State]), name="call_state_known"),
            models.CheckConstraint(condition=models.Q(status__in=["", *[s.value for s in Status]]), name="call_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.to_number} {self.state}"

    @property
    def queue_status(self) -> str:
        return QUEUE_STATUS[State(self.state)]

    def setting(self, name: str) -> Any:
        """The resolved value of a parameter; None when it was not given and has no default."""
        return self.config.get(name)
