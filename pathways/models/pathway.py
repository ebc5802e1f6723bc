"""Pathways: conversation graphs in versions. A published version never changes."""

import uuid

from django.db import models
from django.utils.timezone import now


class Pathway(models.Model):
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey("config.Account", on_delete=models.CASCADE, related_name="pathways")
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    production = models.ForeignKey("PathwayVersion", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    staging = models.ForeignKey("PathwayVersion", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class PathwayVersion(models.Model):
    pathway = models.ForeignKey(Pathway, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    graph = models.JSONField(default=dict, help_text="{nodes: [...], edges: [...]} in the public shape")
    revision = models.PositiveIntegerField(default=1)
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pathway", "number"], name="pathway_version_once")]

    def __str__(self) -> str:
        return f"{self.pathway} v{self.number}"
