"""The sound of a call."""

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.utils.timezone import now


def storage() -> FileSystemStorage:
    """Below the data folder; files are given out by a view that knows who asks, never by an address of their own."""
    return FileSystemStorage(location=settings.DATA_DIR / "recordings", file_permissions_mode=0o600, directory_permissions_mode=0o700)


class Recording(models.Model):
    """Two channels, agent left, callee right; its clock is the call's, 0 is the answer."""

    WRITING, READY, FAILED, DELETED = "writing", "ready", "failed", "deleted"

    call = models.OneToOneField("calls.Call", on_delete=models.CASCADE, related_name="recording")
    file = models.FileField(storage=storage, max_length=200, help_text="WAV, 8 kHz, 16 bit, two channels")
    state = models.CharField(max_length=8, default=WRITING, help_text="writing, ready, failed, deleted")
    duration_ms = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes")
    peaks = models.JSONField(default=list, help_text="Per channel, 0 to 1, for the drawing")
    created_at = models.DateTimeField(default=now)
    delete_after = models.DateTimeField(null=True, help_text="Retention; null: kept")
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["delete_after"], name="recording_to_delete", condition=models.Q(delete_after__isnull=False)),
            models.Index(fields=["created_at"], name="recording_writing", condition=models.Q(state="writing")),
        ]

    def __str__(self) -> str:
        return f"recording of call {self.call_id}"
