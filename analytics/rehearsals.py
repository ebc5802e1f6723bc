"""The outcome of a rehearsal: the same reading as of a call, without a row."""

from analytics import dispositions
from analytics.outcomes import Facts, happened
from analytics.reading import Spoken
from calls.agent.encoder import encoder
from calls.rehearsal.outcome import Heard


def tag(heard: Heard) -> str:
    lines = [Spoken(line.speaker, line.text, seq) for seq, line in enumerate(heard.lines, 1)]
    choice = dispositions.by_system(heard.status, duration_ms=heard.duration_ms, lines=lines)
    if choice is None:
        facts = Facts(heard.answered_by, heard.ended_by, heard.transferred_to, heard.transfer_failed, heard.opted_out)
        choice = dispositions.pick(happened(lines, facts), (), lines, encoder())
    return choice.tag
