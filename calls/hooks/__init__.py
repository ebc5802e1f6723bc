"""What goes out to an office's own programs: in-call events, the record at the end, citations.

What makes rows is called inside the transaction of what it tells about: a row of the outbox is as true as the change itself. The worker
sends them (calls.hooks.sender); how and for how long stands in docs/adr/0014.
"""

from calls.hooks.making import citations, corrected, let_go, record
from calls.hooks.resending import NotAllowed, create, resend, resend_dead

__all__ = ["NotAllowed", "citations", "corrected", "create", "let_go", "record", "resend", "resend_dead"]
