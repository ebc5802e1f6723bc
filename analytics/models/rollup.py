"""Counts of calls that are over, kept ready for the Analytics page. Everything here is made from other rows and can be made anew.

docs/adr/0017-rollups.md says why they look like this.
"""

from typing import Any

from django.db import models
from django.utils.timezone import now


class Bucket(models.Model):
    """Calls that were sent in one slot and are alike in what `grain` tells apart.

    `grain` is a sum of 1 (persona), 2 (pathway) and 4 (the number they were sent from): every call is counted in all eight grains, so that
    a question with any filters reads one bucket for each slot. What a grain does not tell apart is 0 or empty, and so is what a call has
    not.
    """

    account = models.ForeignKey("config.Account", on_delete=models.CASCADE, related_name="+", db_index=False)
    grain = models.PositiveSmallIntegerField()
    persona = models.BigIntegerField(default=0, help_text="Primary key")
    pathway = models.BigIntegerField(default=0, help_text="Primary key")
    number = models.CharField(max_length=16, blank=True, help_text="Call.from_number")
    slot = models.IntegerField(help_text="Quarter hours since 1970 began, UTC, of Call.created_at; whole hours where RollupState.step is 4")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"slot {self.slot}, grain {self.grain}"


KEY = ["account", "grain", "persona", "pathway", "number", "slot"]


def _indexes(name: str, *more: str) -> dict[str, Any]:
    """One to read by (and each bucket once), one to make a stretch anew."""
    return {
        "constraints": [models.UniqueConstraint(fields=[*KEY, *more], name=f"{name}_once")],
        "indexes": [models.Index(fields=["account", "slot"], name=f"{name}_by_slot")],
    }


class CallBucket(Bucket):
    calls = models.IntegerField()
    answered = models.IntegerField(help_text="By whomever")
    by_person = models.IntegerField()
    by_machine = models.IntegerField(help_text="Voicemail")
    talk_ms = models.BigIntegerField(help_text="Answered to ended")
    cost = models.DecimalField(max_digits=14, decimal_places=4, help_text="USD, of the calls whose price is known")
    priced = models.IntegerField(help_text="Calls whose price is known")
    trips = models.IntegerField(help_text="Guard rails that tripped")
    tripped = models.IntegerField(help_text="Calls on which one did")

    class Meta:
        constraints = _indexes("call_bucket")["constraints"]
        indexes = _indexes("call_bucket")["indexes"]


class TallyBucket(Bucket):
    """How often each outcome came out (kind "outcome": key is the tag) and each guard rail tripped ("rail": its name)."""

    kind = models.CharField(max_length=7)
    key = models.CharField(max_length=120)
    calls = models.IntegerField()
    newest = models.BigIntegerField(help_text="Primary key of the newest: of the call, of the trip")

    class Meta:
        constraints = _indexes("tally_bucket", "kind", "key")["constraints"]
        indexes = _indexes("tally_bucket")["indexes"]


class HeatBucket(Bucket):
    """Calls that were dialled `delay` quarter hours after their slot, where clocks are `ahead` quarter hours ahead of UTC."""

    delay = models.IntegerField()
    ahead = models.SmallIntegerField()
    calls = models.IntegerField()
    by_person = models.IntegerField()

    class Meta:
        constraints = _indexes("heat_bucket", "delay", "ahead")["constraints"]
        indexes = _indexes("heat_bucket")["indexes"]


class SpeedBucket(Bucket):
    """Times of replies and lengths of calls, as histograms that can be added up: analytics.histogram."""

    counts = models.BinaryField()

    class Meta:
        constraints = _indexes("speed_bucket")["constraints"]
        indexes = _indexes("speed_bucket")["indexes"]


class StepBucket(Bucket):
    """How many calls reached a step of a pathway's version (way: empty), ended at it (way: "."), left it by a way (its id).

    Only in the grains that tell pathways apart.
    """

    version = models.PositiveIntegerField()
    node = models.CharField(max_length=120)
    way = models.CharField(max_length=130, blank=True)
    calls = models.IntegerField()

    class Meta:
        constraints = _indexes("step_bucket", "version", "node", "way")["constraints"]
        indexes = _indexes("step_bucket")["indexes"]


class RollupState(models.Model):
    """That an account's calls are counted, and how finely. Locked by whoever counts."""

    account = models.OneToOneField("config.Account", on_delete=models.CASCADE, primary_key=True, related_name="+")
    step = models.PositiveSmallIntegerField(
        default=4, help_text="Quarter hours of a slot: 4, or 1 where readers are not off by whole hours"
    )

    def __str__(self) -> str:
        return f"account {self.account_id}, slots of {self.step * 15} minutes"


class ChangedHour(models.Model):
    """An hour whose calls must be counted anew. Written with the change, in its transaction; many rows may name one hour.

    Only inserted and deleted, never changed: those who write do not wait for each other, and who counts takes away the rows it has seen.
    """

    account = models.ForeignKey("config.Account", on_delete=models.CASCADE, related_name="+", db_index=False)
    hour = models.IntegerField(help_text="Hours since 1970 began, UTC, of Call.created_at")
    at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["account", "hour"], name="changed_hour")]

    def __str__(self) -> str:
        return f"account {self.account_id}, hour {self.hour}"
