"""Plain functions that make rows. Every argument has a default; nothing here is clever."""

from datetime import timedelta
from typing import Any

from django.utils.timezone import now

from calls.models import Call, CallingRules
from config.models import Account, Member, User

TASK = "You are Anna from Acme Dental. Confirm the appointment on Tuesday at 3pm. Ask whether they have insurance."


def account(name: str = "Acme Dental", *, age_hours: int = 48, **fields: Any) -> Account:
    made = Account.objects.create(name=name, created_at=now() - timedelta(hours=age_hours), **fields)
    CallingRules.objects.create(account=made)
    return made


def member(account: Account, role: str = "admin") -> Member:
    user = User.objects.create_user(f"{role}-{User.objects.count()}@example.com", "correct horse", name=role.capitalize())
    return Member.objects.create(account=account, user=user, role=role)


def call(account: Account, **fields: Any) -> Call:
    fields = {"to_number": "+15005550006", "config": {"task": TASK, "max_duration": 30}, "carrier": "simulated", **fields}
    return Call.objects.create(account=account, **fields)
