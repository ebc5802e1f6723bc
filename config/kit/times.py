"""Times and lengths as people say them, in the reader's zone (activated for each request by config.middleware)."""

from datetime import datetime, timedelta

from django.utils import timezone


def clock(at: datetime) -> str:
    """Says "8:05 AM" of a datetime already in the wanted zone."""
    return f"{at.hour % 12 or 12}:{at:%M %p}"


def absolute(at: datetime) -> str:
    """Says "10:42 AM" today, "yesterday, 4:12 PM", "November 3, 9:00 AM", "March 3, 2025, 9:00 AM"."""
    here, today = timezone.localtime(at), timezone.localdate()
    days = (here.date() - today).days
    if days == 0:
        return clock(here)
    if days in (-1, 1):
        return f"{'tomorrow' if days == 1 else 'yesterday'}, {clock(here)}"
    date = f"{here:%B} {here.day}" + ("" if here.year == today.year else f", {here.year}")
    return f"{date}, {clock(here)}"


def full(at: datetime) -> str:
    """Says "Sunday, November 22, 2026, 10:42:07 AM UTC": nothing left to guess."""
    here = timezone.localtime(at)
    return f"{here:%A}, {here:%B} {here.day}, {here.year}, {here.hour % 12 or 12}:{here:%M:%S %p %Z}"


def relative(at: datetime) -> str:
    """Says "just now", "4 minutes ago", "in 2 minutes" within an hour of now; `absolute` beyond."""
    away = at - timezone.now()
    minutes = int(abs(away) / timedelta(minutes=1))
    if abs(away) < timedelta(minutes=1):
        return "just now" if away <= timedelta() else "in a moment"
    if minutes < 60:
        words = f"{minutes} minute{'' if minutes == 1 else 's'}"
        return f"in {words}" if away > timedelta() else f"{words} ago"
    return absolute(at)


def length(ms: int) -> str:
    """Milliseconds as "0:41", "12:05" or "1:02:03"."""
    seconds = max(0, ms) // 1000
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    if hours:
        return f"{hours}:{minutes:02}:{seconds % 60:02}"
    return f"{minutes}:{seconds % 60:02}"
