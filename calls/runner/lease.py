"""Leases and the sign of life of a runner."""

import os
import platform
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from calls import lifecycle
from calls.lifecycle import Event
from calls.models import Call, Runner
from calls.runner.claim import lease_end
from calls.states import State


@dataclass(frozen=True, slots=True)
class Beat:
    live: int
    capacity: int
    draining: bool


def beat(runner: UUID, sign: Beat) -> None:
    """Says that this runner is there. The row is made anew when a reaper took it for dead."""
    same = {"seen_at": timezone.now(), "live": sign.live, "capacity": sign.capacity, "draining": sign.draining}
    if not Runner.objects.filter(uid=runner).update(**same):
        Runner.objects.create(uid=runner, host=platform.node()[:120], pid=os.getpid(), version=settings.VERSION, **same)


def leave(runner: UUID) -> None:
    Runner.objects.filter(uid=runner).delete()


def renew(owner: UUID, pks: Collection[int]) -> set[int]:
    """Renews the leases of all these calls in one statement; returns those that are no longer ours."""
    ours = Call.objects.filter(lease_owner=owner, pk__in=pks)
    if ours.update(lease_until=lease_end()) == len(pks):
        return set()
    return set(pks) - set(ours.values_list("pk", flat=True))


def hand_back(pk: int, owner: UUID) -> bool:
    """Puts a call that was claimed but not dialled back into the queue."""
    event = Event("queue", "Given back to the queue: the runner is stopping", kind="state")
    return lifecycle.advance(pk, State.ALLOCATED, State.QUEUED, event, owner=owner, lease_owner=None, lease_until=None)
