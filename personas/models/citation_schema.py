"""Which facts to read out of a call: a preset like a guard rail, named by personas and by requests."""

import uuid

from django.db import models
from django.utils.timezone import now


class CitationSchema(models.Model):
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey("config.Account", on_delete=models.CASCADE, related_name="citation_schemas")
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    schema = models.JSONField(default=dict, help_text="{variables, groupings, conditions} as the public reference has them")
    revision = models.PositiveIntegerField(default=1, help_text="Counts up with every change of `schema`")
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-created_at", "-id"], name="citation_schema_list", condition=models.Q(deleted_at=None))]

    def __str__(self) -> str:
        return self.name
