"""The worker's application: after-call work, sweeps. Never a live call, never a far-away time (docs/adr/0001)."""

import os

from celery import Celery
from celery.signals import beat_embedded_init

from config import orphan

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("parley")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
beat_embedded_init.connect(orphan.watch_worker)
