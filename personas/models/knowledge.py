"""Knowledge bases: text that the agent may answer from."""

import uuid

from django.db import models
from django.utils.timezone import now


class KnowledgeBase(models.Model):
    """Known to callers as `KB-<uid>`."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey("config.Account", on_delete=models.CASCADE)
    name = models.CharField(max_length=120)
    text = models.TextField()
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.name
