"""Guard rails: sentences that watch a call, and where they are attached."""

import uuid

from django.db import models
from django.utils.timezone import now

from personas.parameters.guard_rails import TYPES


class GuardRail(models.Model):
    """One rule of the library. What it does when it trips stands with each attachment."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey("config.Account", on_delete=models.CASCADE, related_name="guard_rails")
    type = models.CharField(max_length=32, choices=[(t, t) for t in TYPES])
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    prompt = models.TextField(blank=True, help_text="Custom only: what must not be said, in a sentence")
    examples = models.JSONField(default=list, help_text="Custom only: sentences that trip it")
    near_misses = models.JSONField(default=list, help_text="Custom only: sentences that must not trip it")
    config = models.JSONField(default=dict, help_text="{end_seconds} of a required disclosure")
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-created_at", "-id"], name="rail_list", condition=models.Q(deleted_at=None))]

    def __str__(self) -> str:
        return self.name


class GuardRailAttachment(models.Model):
    """Where a guard rail watches. `source_id` is the uid of a persona or a pathway: plain, since this app knows no pathways."""

    class Source(models.TextChoices):
        PERSONA = "PERSONA"
        PATHWAY = "PATHWAY"
        INBOUND = "INBOUND"

    guard_rail = models.ForeignKey(GuardRail, on_delete=models.CASCADE, related_name="attachments")
    source_type = models.CharField(max_length=8, choices=Source.choices)
    source_id = models.UUIDField()
    actions = models.JSONField(default=list, help_text="[{type, config}] as personas.parameters.guard_rails makes them")
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["guard_rail", "source_type", "source_id"], name="rail_attached_once")]
        indexes = [models.Index(fields=["source_type", "source_id"], name="rail_by_source")]

    def __str__(self) -> str:
        return f"{self.guard_rail} on {self.source_type} {self.source_id}"
