"""Personas: named presets of the call parameters, in versions."""

import uuid
from typing import Any

from django.db import models
from django.utils.timezone import now


class Persona(models.Model):
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey("config.Account", on_delete=models.CASCADE, related_name="personas")
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=120, blank=True)
    description = models.TextField(blank=True)
    tags = models.JSONField(default=list)
    avatar = models.CharField(max_length=24, blank=True, help_text="Tone and symbol of its picture: personas.avatars; empty: its initials")
    image_url = models.CharField(max_length=500, blank=True, help_text="As programs gave it; never loaded by our pages")
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["account", "name", "id"], name="persona_list", condition=models.Q(deleted_at=None))]

    def __str__(self) -> str:
        return self.name

    @property
    def production(self) -> "PersonaVersion | None":
        return self.versions.filter(state=PersonaVersion.State.PRODUCTION).first()


class PersonaVersion(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft"
        PRODUCTION = "production"
        ARCHIVED = "archived"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    persona = models.ForeignKey(Persona, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    config = models.JSONField(default=dict, help_text="Parameters by name, checked by personas.parameters")
    orchestration_prompt = models.TextField(blank=True, help_text="Words that hold besides the task; added to its front")
    routes = models.JSONField(
        default=list, help_text="When to go over to a pathway: [{name, prompt, pathway_id, pathway_version, start_node_id}]"
    )
    disclosures = models.JSONField(default=list, help_text="What its opening says besides: ai, self, recording")
    revision = models.PositiveIntegerField(default=1, help_text="Counts the saves of a draft: whoever saves names the one they saw")
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)
    promoted_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    promoted_at = models.DateTimeField(null=True, blank=True)
    promoted_by = models.ForeignKey("config.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["persona", "number"], name="persona_version_once"),
            models.UniqueConstraint(fields=["persona"], condition=models.Q(state="production"), name="persona_one_production"),
            models.UniqueConstraint(fields=["persona"], condition=models.Q(state="draft"), name="persona_one_draft"),
        ]

    def __str__(self) -> str:
        return f"{self.persona} v{self.number}"

    def setting(self, name: str) -> Any:
        return self.config.get(name)
