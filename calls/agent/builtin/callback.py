"""A time to call back out of the callee's words. Rules only."""

from datetime import datetime


def parse(text: str, reference: datetime, timezone: str) -> datetime | None:
    return None


def phrase(text: str) -> str:
    return ""
