"""What people make of calls that are over: corrections, tags, views of the list, work on many calls, links for others."""

import uuid

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.utils.timezone import now


def exports() -> FileSystemStorage:
    """Below the data folder; a view gives the files out, to those who may have them."""
    return FileSystemStorage(location=settings.DATA_DIR / "exports", file_permissions_mode=0o600, directory_permissions_mode=0o700)


class DispositionCorrection(models.Model):
    """A person's outcome instead of the automatic one, which is kept beside it. The newest of a call counts."""

    account = models.ForeignKey("config.Account", on_delete=models.CASCADE, related_name="+")
    call = models.ForeignKey("calls.Call", on_delete=models.CASCADE, related_name="corrections")
    tag = models.CharField(max_length=120)
    was = models.CharField(max_length=120, help_text="The automatic tag that it replaces")
    line_seq = models.PositiveIntegerField(null=True, help_text="Utterance.seq of the words that decide, when the person named one")
    quote = models.TextField(blank=True)
    note = models.CharField(max_length=300, blank=True)
    example = models.BooleanField(default=True, help_text="The encoder may learn from it")
    at = models.DateTimeField(default=now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["call", "-id"], name="correction_of_call"),
            models.Index(fields=["account", "-id"], name="correction_example", condition=models.Q(example=True)),
        ]

    def __str__(self) -> str:
        return f"{self.was} -> {self.tag}"


class CallTag(models.Model):
    """A word that people put on a call."""

    account = models.ForeignKey("config.Account", on_delete=models.CASCADE, related_name="+")
    call = models.ForeignKey("calls.Call", on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "name"], name="call_tag_once")]
        indexes = [models.Index(fields=["name", "call"], name="call_by_tag"), models.Index(fields=["account", "-id"], name="call_tags_put")]

    def __str__(self) -> str:
        return self.name


class SavedView(models.Model):
    """Filters of the Calls page under a name."""

    account = models.ForeignKey("config.Account", on_delete=models.CASCADE, related_name="saved_views")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    shared = models.BooleanField(default=False, help_text="Everybody in the office sees it")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, help_text="As calls.filters writes it")
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "user", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.name


class CallJob(models.Model):
    """One deed on many calls, done by the worker: with each call (or page of calls) its place moves on in the same transaction."""

    WAITING, RUNNING, DONE, FAILED, STOPPED = "waiting", "running", "done", "failed", "stopped"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey("config.Account", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    deed = models.CharField(max_length=10, help_text="export, send_again, tag, untag, delete")
    given = models.JSONField(default=dict, help_text="What the deed needs besides: columns, tag")
    query = models.CharField(max_length=1000, blank=True, help_text="Which calls: filters as calls.filters writes them")
    chosen = models.JSONField(null=True, help_text="Which calls: their ids; null: all of the query")
    until = models.DateTimeField(default=now, help_text="Calls created later are left out")
    cursor = models.CharField(max_length=60, blank=True, help_text="The last call done, as calls.filters.Cursor")
    state = models.CharField(max_length=8, default=WAITING, help_text="waiting, running, done, failed, stopped")
    lease_until = models.DateTimeField(null=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0, help_text="Calls that the deed did not touch")
    reasons = models.JSONField(default=dict, help_text="Why not: words -> how many")
    trouble = models.CharField(max_length=300, blank=True)
    file = models.FileField(storage=exports, max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes")
    created_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)
    delete_after = models.DateTimeField(null=True, help_text="The file; null: there is none")

    class Meta:
        indexes = [
            models.Index(fields=["account", "-created_at"], name="call_job_list"),
            models.Index(fields=["created_at"], name="call_job_open", condition=models.Q(state__in=["waiting", "running"])),
            models.Index(fields=["delete_after"], name="call_job_file", condition=models.Q(delete_after__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.deed}: {self.done} of {self.total}"


class ShareLink(models.Model):
    """An address under which somebody without an account reads one call, for a while."""

    account = models.ForeignKey("config.Account", on_delete=models.CASCADE, related_name="+")
    call = models.ForeignKey("calls.Call", on_delete=models.CASCADE, related_name="share_links")
    digest = models.CharField(max_length=64, unique=True, help_text="Of the token in the address, which is shown once")
    redact = models.BooleanField(default=True, help_text="Digits and e-mail addresses are blacked out, and there is no sound")
    with_sound = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    opened = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True, help_text="Last")

    class Meta:
        indexes = [models.Index(fields=["call", "-created_at"], name="share_link_of_call")]

    def __str__(self) -> str:
        return f"link to call {self.call_id}"


class CorrectedTranscript(models.Model):
    """The recording heard once more at leisure, both channels apart."""

    call = models.OneToOneField("calls.Call", on_delete=models.CASCADE, related_name="corrected_transcript")
    state = models.CharField(max_length=7, default="waiting", help_text="waiting, ready, failed")
    lease_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    lines = models.JSONField(default=list, help_text="[{start, end, text, speaker, speaker_label, confidence}]; seconds from the answer")
    by = models.CharField(max_length=120, blank=True, help_text="Which recogniser")
    trouble = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField(default=now)
    made_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["asked_at"], name="corrected_waiting", condition=models.Q(state="waiting"))]

    def __str__(self) -> str:
        return f"corrected transcript of call {self.call_id}: {self.state}"
