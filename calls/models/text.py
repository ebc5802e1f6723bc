"""The words of a call that is over, for finding it. Written by calls.searching; what the database adds stands in migration 0011."""

from django.db import models


class CallText(models.Model):
    """`text`: every line in plain words (calls.searching.words), each word between spaces, lines parted by "\\n"; the name comes first.

    SQLite keeps a full-text index of it by triggers, PostgreSQL an index of its words.
    """

    place = models.BigIntegerField(primary_key=True, help_text="Orders calls by their time: calls.searching.index.place_of")
    call = models.OneToOneField("calls.Call", on_delete=models.CASCADE, related_name="words")
    account = models.ForeignKey("config.Account", on_delete=models.CASCADE, related_name="+", db_index=False)
    text = models.TextField()

    def __str__(self) -> str:
        return f"words of call {self.call_id}"
