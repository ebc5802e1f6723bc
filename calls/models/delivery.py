"""What goes out to an office's own programs: one row for each message, one for each time it was sent."""

import uuid

from django.db import models
from django.utils.timezone import now


class Delivery(models.Model):
    """One message to one address, in the lane of its call: a lane is sent in the order of its rows, one at a time."""

    HELD, PENDING, DELIVERED, DEAD = "held", "pending", "delivered", "dead"
    EVENT, RECORD, CITATIONS = "event", "call", "citations"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False, help_text="The message's id, the same at every try")
    account = models.ForeignKey("config.Account", on_delete=models.CASCADE, related_name="+")
    call = models.ForeignKey("calls.Call", on_delete=models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=9, help_text="event (as it happens), call (the record at the end), citations")
    seq = models.PositiveIntegerField(default=0, help_text="event: CallEvent.seq; citations: the run; call: 0, a corrected record 1 …")
    url = models.TextField()
    body = models.TextField(blank=True, help_text="Compact JSON, exactly as it is signed and sent; empty: not made yet")
    state = models.CharField(max_length=9, default=PENDING, help_text="held (waits for citations or recording), pending, delivered, dead")
    tries = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=now, help_text="Not before")
    asked = models.CharField(max_length=8, blank=True, help_text="create, resend: a person or program asked for the next try; empty: none")
    lease_until = models.DateTimeField(null=True, help_text="A worker is sending it")
    created_at = models.DateTimeField(default=now)
    delivered_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True, help_text="It was given up, and a person said that it may stay so")
    trouble = models.CharField(max_length=300, blank=True, help_text="Why the last try failed, in words for staff")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "kind", "seq"], name="delivery_once")]
        indexes = [
            models.Index(fields=["due_at", "id"], name="delivery_due", condition=models.Q(state="pending")),
            models.Index(fields=["call", "id"], name="delivery_lane", condition=models.Q(state="pending")),
            models.Index(fields=["account", "url", "created_at"], name="delivery_open", condition=models.Q(state__in=["pending", "dead"])),
            models.Index(fields=["account", "-created_at", "-id"], name="delivery_list"),
            models.Index(fields=["created_at"], name="delivery_held", condition=models.Q(state="held")),
            models.Index(fields=["call", "id"], name="delivery_asked", condition=models.Q(asked="resend")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of call {self.call_id}: {self.state}"


class DeliveryAttempt(models.Model):
    """One time a message was sent, and what came back."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    sent_at = models.DateTimeField(default=now)
    send_type = models.CharField(max_length=8, default="auto", help_text="auto, create, resend: as the public reference names it")
    status = models.PositiveSmallIntegerField(null=True, help_text="HTTP status; null: no answer came")
    ms = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    answer = models.CharField(max_length=500, blank=True, help_text="The beginning of what came back")

    class Meta:
        ordering = ["delivery_id", "id"]

    def __str__(self) -> str:
        return f"{self.sent_at:%H:%M:%S} {self.status or self.error}"


class WebhookSecret(models.Model):
    """Signs what goes out. Two may be good at once while one replaces the other."""

    account = models.ForeignKey("config.Account", on_delete=models.CASCADE, related_name="webhook_secrets")
    sealed = models.TextField(help_text="config.kit.secrets")
    hint = models.CharField(max_length=12, help_text="What people recognise it by")
    created_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey("config.User", null=True, on_delete=models.SET_NULL, related_name="+")
    retires_at = models.DateTimeField(null=True, help_text="Replaced: signs until then beside its successor")

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.hint}…"
