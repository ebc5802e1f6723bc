"""Which service hears and which speaks for an office; without a row, the built-in one."""

from django.db import models
from django.utils.timezone import now


class SpeechService(models.Model):
    KINDS = (("stt", "Hearing"), ("tts", "Speaking"))

    account = models.ForeignKey("config.Account", on_delete=models.CASCADE, related_name="speech_services")
    kind = models.CharField(max_length=3, choices=KINDS)
    provider = models.CharField(max_length=16, help_text="A key of calls.speech.services.PROVIDERS")
    base_url = models.CharField(max_length=300, blank=True)
    model = models.CharField(max_length=120, blank=True)
    voice = models.CharField(max_length=120, blank=True, help_text="The service's own name of a voice, for calls that name none it knows")
    secret = models.TextField(blank=True, help_text="Key, sealed (config.kit.secrets)")
    tested_at = models.DateTimeField(null=True)
    test_ok = models.BooleanField(default=False)
    test_message = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "kind"], name="speech_service_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.provider}"
