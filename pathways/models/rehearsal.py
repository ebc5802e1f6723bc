"""Trying a pathway without a phone: test chats, rehearsals with a pretend callee, and what came of them."""

import uuid

from django.db import models
from django.utils.timezone import now

from pathways.models.pathway import Pathway


class PathwayChat(models.Model):
    """A conversation by typing with one version. `state` is the walker's own, so that any process can go on with it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey("config.Account", on_delete=models.CASCADE)
    pathway = models.ForeignKey(Pathway, on_delete=models.CASCADE, related_name="chats")
    version = models.PositiveIntegerField()
    graph = models.JSONField(default=dict, help_text="As it was when the chat began")
    request_data = models.JSONField(default=dict)
    start_node_id = models.CharField(max_length=120, blank=True)
    state = models.JSONField(default=dict, help_text="calls.agent.walker state")
    history = models.JSONField(default=list, help_text="[{role, content}]")
    logs = models.JSONField(default=list, help_text="Every decision, as in pathway_logs")
    turn = models.PositiveIntegerField(default=0, help_text="Counts the messages: two at once cannot both be the next")
    completed = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return f"chat {self.uid}"


class Scenario(models.Model):
    """A rehearsal: who answers, what data the call has, and the sentences that must hold afterwards."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    pathway = models.ForeignKey(Pathway, on_delete=models.CASCADE, related_name="scenarios")
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    callee = models.CharField(
        max_length=40, default="cooperative", help_text="A simulated callee by name; empty: the lines are said in turn"
    )
    lines = models.JSONField(default=list, help_text="What the person says, turn by turn")
    request_data = models.JSONField(default=dict)
    start_node_id = models.CharField(max_length=120, blank=True)
    max_turns = models.PositiveIntegerField(default=30)
    assertions = models.JSONField(default=list, help_text="[{type, …}]: pathways.rehearsal.assertions")
    required = models.BooleanField(default=False, help_text="Must be green before a version goes into production")
    enabled = models.BooleanField(default=True)
    order = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class ScenarioRun(models.Model):
    """One rehearsal of one graph. `digest` says which: the gate of publishing asks for a green run of exactly what is published."""

    class Status(models.TextChoices):
        RUNNING = "RUNNING"
        PASSED = "PASSED"
        FAILED = "FAILED"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="runs")
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    setup = models.CharField(max_length=64, blank=True, help_text="Digest of the scenario itself as it was run")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.RUNNING)
    results = models.JSONField(default=list, help_text="[{sentence, passed, found}] in the order of the assertions")
    transcript = models.JSONField(default=list, help_text="[{speaker, text, node_id}]")
    logs = models.JSONField(default=list)
    variables = models.JSONField(default=dict)
    disposition = models.CharField(max_length=120, blank=True)
    turns = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["scenario", "-started_at"], name="run_newest")]

    def __str__(self) -> str:
        return f"{self.scenario} {self.status}"
