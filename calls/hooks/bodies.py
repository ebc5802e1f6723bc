"""The bodies of messages: text that is signed and sent, byte for byte the same at every try.

The record of a call is made when it is first sent, from the rows as they stand then. What a record says is known to `calls.api.records`,
which stands above this package and offers it (`made_by`).
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from calls.hooks import js
from calls.models import Call, Delivery

type Make = Callable[[int], dict[str, Any]]

# What a receiver acts on. When it comes out otherwise after the record was sent, a corrected one follows.
TOLD = (
    "status", "queue_status", "answered_by", "call_ended_by", "call_length", "transferred_to", "error_message", "disposition_tag",
    "disposition_quote", "summary",
)  # fmt: skip
_makers: list[Make] = []


def made_by(make: Make) -> None:
    """`make` gives the record of the call with this primary key."""
    _makers[:] = [make]


def record(delivery: Delivery) -> str:
    """The body of a record as the rows are now."""
    return written(_makers[0](delivery.call_id), revision=delivery.seq)


def written(record: dict[str, Any], *, revision: int) -> str:
    """The text of a record; `revision` counts the corrected ones."""
    return js.dumps({**record, "event_type": None, "revision": revision})


def cited(call: Call, items: Sequence[dict[str, Any]], at: datetime) -> str:
    """The body of a message with citations; `items` as `calls.citing` shapes them. Needs `account`."""
    stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    told = {
        "call_id": str(call.uid),
        "user_id": str(call.account.uid),
        "event_type": "citations",
        "timestamp": stamp,
        "citations": list(items),
    }
    return js.dumps(told)


def kept(pk: int) -> str:
    """The body of a message, made and kept when this is its first try."""
    row = Delivery.objects.get(pk=pk)
    if not row.body:
        # another worker may have made it in the same moment: the first one stands
        Delivery.objects.filter(pk=pk, body="").update(body=record(row))
        row.refresh_from_db(fields=["body"])
    return row.body


def says_the_same(sent: Delivery) -> bool:
    """Whether a record that was made before still tells what came of the call."""
    old, new = json.loads(sent.body), json.loads(record(sent))
    return all(old.get(name) == new.get(name) for name in TOLD)
