"""Numbers: ours, pools of ours, and those that must not be called."""

import uuid

from django.db import models
from django.utils.timezone import now


class Number(models.Model):
    """A number the account may show as caller id."""

    account = models.ForeignKey("config.Account", on_delete=models.CASCADE, related_name="numbers")
    number = models.CharField(max_length=16)
    label = models.CharField(max_length=80, blank=True)
    line = models.ForeignKey(
        "calls.Line", null=True, blank=True, on_delete=models.SET_NULL, related_name="numbers", help_text="null: the default line"
    )
    is_default = models.BooleanField(default=False)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "number"], name="number_once")]

    def __str__(self) -> str:
        return self.number


class NumberPool(models.Model):
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey("config.Account", on_delete=models.CASCADE)
    name = models.CharField(max_length=80)
    numbers = models.ManyToManyField(Number)

    def __str__(self) -> str:
        return self.name


class DoNotCall(models.Model):
    """Somebody said: do not call. Checked when a call is accepted and again before it is dialled."""

    account = models.ForeignKey("config.Account", on_delete=models.CASCADE)
    number = models.CharField(max_length=16)
    source = models.CharField(max_length=10, default="staff", help_text="staff, csv, call")
    reason = models.CharField(max_length=200, blank=True)
    quote = models.TextField(blank=True)
    call = models.ForeignKey("calls.Call", null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "number"], name="dnc_once")]

    def __str__(self) -> str:
        return self.number


class BlockedNumber(models.Model):
    """The blacklist: numbers the office itself refuses to call."""

    account = models.ForeignKey("config.Account", on_delete=models.CASCADE)
    number = models.CharField(max_length=16)
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "number"], name="blocked_once")]

    def __str__(self) -> str:
        return self.number


class SensitiveAttempt(models.Model):
    """A try to call an emergency, short or premium number; three in 24 hours flag the account."""

    account = models.ForeignKey("config.Account", on_delete=models.CASCADE)
    number = models.CharField(max_length=32)
    at = models.DateTimeField(default=now, db_index=True)

    def __str__(self) -> str:
        return self.number
