"""What happened on a call: history, outbox and live feed in one; and what was said."""

from django.db import models
from django.utils.timezone import now


class CallEvent(models.Model):
    """Append-only. `seq` counts from 1 within the call without gaps: a reader that holds seq n asks for what comes after n."""

    call = models.ForeignKey("calls.Call", on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    at = models.DateTimeField(default=now)
    category = models.CharField(max_length=12, help_text="queue, call, latency, webhook, tool, dynamic_data, citations")
    level = models.CharField(max_length=11, default="info", help_text="info, performance, error")
    kind = models.CharField(max_length=24, help_text="For programs: state, utterance, latency, why, note, intent …")
    message = models.TextField(help_text="As the public reference words it")
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "seq"], name="event_seq_once")]
        ordering = ["call_id", "seq"]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}: {self.message[:60]}"


class Utterance(models.Model):
    """One spoken line. `seq` is that of its CallEvent (kind "utterance"), so lines and events share one order."""

    call = models.ForeignKey("calls.Call", on_delete=models.CASCADE, related_name="utterances")
    seq = models.PositiveIntegerField()
    at = models.DateTimeField(default=now)
    speaker = models.CharField(max_length=12, help_text="user, assistant, robot (a machine answered), agent-action")
    text = models.TextField()
    start_ms = models.PositiveIntegerField(help_text="From answer, on the call's clock")
    end_ms = models.PositiveIntegerField()
    latency = models.JSONField(null=True, help_text="Parts of the reply time in ms: hold, agent, total")
    why = models.JSONField(null=True, help_text="Which rule or sentence made this line: [text …]")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "seq"], name="utterance_seq_once")]
        ordering = ["call_id", "seq"]

    def __str__(self) -> str:
        return f"{self.speaker}: {self.text[:60]}"
