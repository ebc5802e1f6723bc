"""Questions that somebody asked about many calls."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.timezone import now


class QuestionRun(models.Model):
    """The same questions to many calls. Its items are worked off one by one, by any worker."""

    RUNNING, DONE, STOPPED = "running", "done", "stopped"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey("config.Account", on_delete=models.CASCADE, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    goal = models.TextField(blank=True, help_text="What the office wants from these calls; a language model reads it")
    questions = models.JSONField(default=list, help_text="[[question, type]] as analytics.questions.reading reads them")
    state = models.CharField(max_length=8, default=RUNNING, help_text="running, done, stopped")
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, help_text="A worker is at it")
    created_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-created_at", "-id"], name="question_run_list"),
            models.Index(fields=["created_at"], name="question_run_going", condition=models.Q(state="running")),
        ]

    def __str__(self) -> str:
        return f"{self.done} of {self.total}"


class QuestionItem(models.Model):
    """One call of a run."""

    WAITING, DONE, FAILED = "waiting", "done", "failed"

    run = models.ForeignKey(QuestionRun, on_delete=models.CASCADE, related_name="items")
    call = models.ForeignKey("calls.Call", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=7, default=WAITING, help_text="waiting, done, failed")
    answers = models.JSONField(
        default=list, help_text="[{value, quotes: [{seq, text}], why}], one to each question; empty until it is done"
    )
    trouble = models.CharField(max_length=200, blank=True, help_text="Why there are none")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "call"], name="question_item_once")]
        indexes = [models.Index(fields=["run", "id"], name="question_waiting", condition=models.Q(state="waiting"))]

    def __str__(self) -> str:
        return f"call {self.call_id}"
