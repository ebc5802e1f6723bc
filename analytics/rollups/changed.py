"""Which hours must be counted anew. Call it in the transaction of the change."""

from collections.abc import Iterable
from datetime import datetime

from analytics.models import ChangedHour
from analytics.slots import hour_of


def mark(account_id: int, made: Iterable[datetime]) -> None:
    """`made`: Call.created_at of the calls that are over and changed, or are deleted. One statement."""
    ChangedHour.objects.bulk_create(ChangedHour(account_id=account_id, hour=hour) for hour in sorted({hour_of(at) for at in made}))
