"""Pathways: conversation graphs in versions. A published version never changes; a draft is edited with its revision in hand."""

import uuid

from django.db import models
from django.utils.timezone import now


class PathwayFolder(models.Model):
    """A shelf for pathways; one level deep."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey("config.Account", on_delete=models.CASCADE, related_name="pathway_folders")
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.name


class Pathway(models.Model):
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey("config.Account", on_delete=models.CASCADE, related_name="pathways")
    folder = models.ForeignKey(PathwayFolder, null=True, blank=True, on_delete=models.SET_NULL, related_name="pathways")
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    production = models.ForeignKey("PathwayVersion", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    staging = models.ForeignKey("PathwayVersion", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    last_deleted = models.PositiveIntegerField(default=0, help_text="Highest number of a deleted draft: no other version gets it")
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-updated_at", "-id"], name="pathway_list", condition=models.Q(deleted_at=None))]

    def __str__(self) -> str:
        return self.name


class PathwayVersion(models.Model):
    """A draft while `published_at` is empty; frozen from then on. Its number is given once and never again."""

    pathway = models.ForeignKey(Pathway, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120, blank=True)
    source_number = models.PositiveIntegerField(null=True, blank=True, help_text="The version it was made from")
    graph = models.JSONField(default=dict, help_text="{nodes: [...], edges: [...]} in the public shape, as it came")
    digest = models.CharField(max_length=64, blank=True, help_text="pathways.graph.digest of the graph")
    revision = models.PositiveIntegerField(default=1, help_text="Counts the saves of a draft: whoever saves names the one they saw")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey("config.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)
    updated_by = models.ForeignKey("config.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pathway", "number"], name="pathway_version_once")]

    def __str__(self) -> str:
        return f"{self.pathway} v{self.number}"

    @property
    def frozen(self) -> bool:
        return self.published_at is not None
