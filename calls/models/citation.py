"""What was read out of a call by a citation schema, each value with the lines that prove it."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.timezone import now


class Citation(models.Model):
    """One variable of one schema on one call. Without a quote the value is null: nothing is guessed."""

    call = models.ForeignKey("calls.Call", on_delete=models.CASCADE, related_name="citations")
    schema = models.ForeignKey("personas.CitationSchema", on_delete=models.CASCADE, related_name="citations")
    revision = models.PositiveIntegerField(help_text="Of the schema, when it was read")
    name = models.CharField(max_length=120)
    type = models.CharField(max_length=12, help_text="string, number, boolean, array, category")
    value = models.JSONField(null=True)
    number = models.FloatField(null=True, help_text="value as a number, to sum and average")
    word = models.CharField(max_length=200, blank=True, help_text="value as a word, to count")
    why = models.CharField(max_length=200, blank=True, help_text="How it was found, or why it stays open; for staff")
    called_at = models.DateTimeField(help_text="Call.created_at, for values over time")
    read_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "schema", "name"], name="citation_once")]
        indexes = [models.Index(fields=["schema", "name", "called_at"], name="citation_over_time")]

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class CitedLine(models.Model):
    """Words of one spoken line that hold a value: `text[start:end]` of the utterance."""

    citation = models.ForeignKey(Citation, on_delete=models.CASCADE, related_name="lines")
    utterance = models.ForeignKey("calls.Utterance", on_delete=models.CASCADE, related_name="+")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()

    class Meta:
        ordering = ["citation_id", "id"]

    def __str__(self) -> str:
        return f"{self.start} to {self.end} of line {self.utterance_id}"


class CitationIssue(models.Model):
    """A condition of a schema that came true on a call and is marked as something to look at."""

    call = models.ForeignKey("calls.Call", on_delete=models.CASCADE, related_name="citation_issues")
    schema = models.ForeignKey("personas.CitationSchema", on_delete=models.CASCADE, related_name="issues")
    severity = models.CharField(max_length=6, help_text="low, medium, high")
    type = models.CharField(max_length=120, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    variable = models.CharField(max_length=120, help_text="The variable of the condition")
    called_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["schema", "called_at"], name="issue_over_time")]

    def __str__(self) -> str:
        return f"{self.severity}: {self.type}"


class CitationRun(models.Model):
    """A schema read over calls that are over already. Its items are worked off one by one, by any worker."""

    RUNNING, DONE, STOPPED = "running", "done", "stopped"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey("config.Account", on_delete=models.CASCADE, related_name="+")
    schema = models.ForeignKey("personas.CitationSchema", on_delete=models.CASCADE, related_name="runs")
    preview = models.BooleanField(default=False, help_text="Shows what would be found; nothing is kept on the calls")
    definition = models.JSONField(default=dict, help_text="The schema as it was when the run began")
    revision = models.PositiveIntegerField()
    state = models.CharField(max_length=8, default=RUNNING, help_text="running, done, stopped")
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["schema", "-created_at"], name="citation_run_list"),
            models.Index(fields=["created_at"], name="citation_run_going", condition=models.Q(state="running")),
        ]

    def __str__(self) -> str:
        return f"{self.done} of {self.total}"


class CitationRunItem(models.Model):
    run = models.ForeignKey(CitationRun, on_delete=models.CASCADE, related_name="items")
    call = models.ForeignKey("calls.Call", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=7, default="waiting", help_text="waiting, done, failed")
    lease_until = models.DateTimeField(null=True)
    found = models.JSONField(null=True, help_text="Preview: name -> {value, was, quotes}")
    trouble = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "call"], name="citation_run_item_once")]
        indexes = [models.Index(fields=["run", "id"], name="citation_run_waiting", condition=models.Q(state="waiting"))]

    def __str__(self) -> str:
        return f"call {self.call_id}: {self.state}"
