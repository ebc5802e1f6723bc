"""A running `manage.py runcalls`, known by its heartbeat."""

import uuid

from django.db import models
from django.utils.timezone import now


class Runner(models.Model):
    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    host = models.CharField(max_length=120)
    pid = models.PositiveIntegerField()
    version = models.CharField(max_length=20, blank=True)
    started_at = models.DateTimeField(default=now)
    seen_at = models.DateTimeField(default=now, db_index=True)
    live = models.PositiveIntegerField(default=0)
    capacity = models.PositiveIntegerField(default=0)
    draining = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"
