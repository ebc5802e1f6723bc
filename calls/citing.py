"""Citations as programs see them: the public reference's shape. One place, for details and for the citations event."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Prefetch

from calls.models import Citation, CitedLine, Utterance

CHANNELS = {"assistant": 0}  # everybody else is heard on 1


def of_call(call_id: int) -> list[Citation]:
    """The rows of a call with all that `shaped` needs: two queries. In the order they were read in, which is that of their schemas."""
    lines = Prefetch("lines", CitedLine.objects.select_related("utterance").order_by("pk"))
    return list(Citation.objects.filter(call_id=call_id).select_related("call", "schema").prefetch_related(lines).order_by("pk"))


def items(call_id: int) -> list[dict[str, Any]]:
    """What was read out of a call: three queries, however much it is."""
    found = of_call(call_id)
    order = Utterance.objects.filter(call_id=call_id).order_by("seq").values_list("pk", flat=True) if found else []
    return shaped(found, order)


def shaped(citations: Iterable[Citation], order: Iterable[int]) -> list[dict[str, Any]]:
    """`order`: the ids of all lines of the call as they were spoken. A value that was not said is null and has no lines."""
    places = {pk: idx for idx, pk in enumerate(order)}
    return [
        {
            "call_id": str(each.call.uid),
            "variable_name": each.name,
            "variable_type": each.type,
            "value": each.value,
            "cited_utterances": [_line(each, line, places) for line in _once(each.lines.all())],
            "schema_id": str(each.schema.uid),
        }
        for each in citations
    ]


def _once(lines: Iterable[CitedLine]) -> Sequence[Utterance]:
    """A line that two places of are quoted is one line."""
    return list({line.utterance_id: line.utterance for line in lines}.values())


def _line(citation: Citation, line: Utterance, places: dict[int, int]) -> dict[str, Any]:
    channel = CHANNELS.get(line.speaker, 1)
    return {
        "id": line.pk,
        "idx": places.get(line.pk),
        "start_time": line.start_ms / 1000,
        "end_time": line.end_ms / 1000,
        "confidence": None,  # no ear of ours says how sure it is
        "channel": channel,
        "transcript": line.text,
        "speaker_id": f"SPEAKER_{channel}_0",
        "speaker_name": (citation.call.callee_name or line.speaker) if channel else line.speaker,
        "speaker_description": "The person called" if channel else "The agent",
        "topics": [],
        "topics_meta": "{}",
        "utterance_type": "question" if line.text.rstrip().endswith("?") else "statement",
    }
