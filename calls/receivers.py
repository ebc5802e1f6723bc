"""Hears of ended calls: asks the worker for their recording, takes a token out of them. Hears how long an office keeps recordings."""

import logging
from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from calls import own_carrier, tasks
from calls.models import Recording
from calls.recordings import rows
from calls.signals import call_ended
from config.models import Account

log = logging.getLogger(__name__)


@receiver(call_ended, dispatch_uid="calls.recording")
def ask_for_recording(call_id: int, **_kwargs: Any) -> None:
    """A broker that cannot be reached must not disturb the runner: the sweep finds the recording."""
    try:
        if Recording.objects.filter(call_id=call_id, state=Recording.WRITING).exists():
            tasks.settle_recording.apply_async((call_id,), retry=False)
    except Exception:
        log.warning("the recording of call %s was not queued; the sweep will find it", call_id, exc_info=True)


@receiver(call_ended, dispatch_uid="calls.own_carrier")
def forget_token(call_id: int, **_kwargs: Any) -> None:
    try:
        own_carrier.forget(call_id)
    except Exception:
        log.warning("the token of call %s was not taken out; the sweep will do it", call_id, exc_info=True)


@receiver(post_save, sender=Account, dispatch_uid="calls.recording_days")
def keep_recordings(instance: Account, created: bool, update_fields: Any = None, **_kwargs: Any) -> None:
    if not created and (update_fields is None or "recording_days" in update_fields):
        rows.keep_for(instance)
