"""System checks: wrong settings are told at start, with what to do."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register


@register
def settings_check(**_: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.PORT == settings.MEDIA_PORT:
        found.append(Error("PORT and MEDIA_PORT are the same.", hint="Give the media sockets a port of their own.", id="config.E001"))
    if bool(settings.MODEL_BASE_URL) != bool(settings.MODEL_BASE or settings.MODEL_TURBO):
        found.append(
            Warning(
                "The model endpoint is half configured.",
                hint="Set MODEL_BASE_URL and at least one of MODEL_BASE, MODEL_TURBO.",
                id="config.W001",
            )
        )
    return found
