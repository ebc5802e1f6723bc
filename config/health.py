"""/healthz for load balancers, the supervisor and people."""

import platform
from datetime import timedelta
from typing import Any

import django
import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils.timezone import now

from calls.models import Runner
from config.kit.access import public

RUNNER_SEEN_WITHIN = timedelta(seconds=15)


@public
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when database, broker and a runner are there, else 503; the body says which is missing."""
    parts = {"database": _database(), "broker": _broker(), "runner": _runner()}
    fine = all(part["ok"] for part in parts.values())
    versions = {"parley": settings.VERSION, "python": platform.python_version(), "django": django.get_version()}
    return JsonResponse({"status": "ok" if fine else "incomplete", **parts, "versions": versions}, status=200 if fine else 503)


def _database() -> dict[str, Any]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return {"ok": False, "engine": connection.vendor, "note": "does not answer"}
    return {"ok": True, "engine": connection.vendor}


def _broker() -> dict[str, Any]:
    if not settings.REDIS_URL:
        return {"ok": True, "note": "none: everything runs in this process"}
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as client:
            client.ping()
    except redis.RedisError:
        return {"ok": False, "note": "does not answer"}
    return {"ok": True}


def _runner() -> dict[str, Any]:
    try:
        fresh = list(Runner.objects.filter(seen_at__gte=now() - RUNNER_SEEN_WITHIN))
    except DatabaseError:
        return {"ok": False, "note": "unknown"}
    if not fresh:
        return {"ok": False, "note": "no runner was seen in the last 15 seconds"}
    return {"ok": True, "count": len(fresh), "live": sum(r.live for r in fresh), "capacity": sum(r.capacity for r in fresh)}
