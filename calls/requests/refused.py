"""A request for a call that was refused."""

from collections.abc import Mapping, Sequence
from typing import Any

from calls.rules import Verdict
from personas.parameters import FieldError, error_body


class Refused(Exception):
    """`status` and `body` are the API's answer; `errors` say beside which field a page shows the message; `reason` is for staff."""

    def __init__(self, status: int, body: Mapping[str, Any], errors: Sequence[FieldError] = (), *, reason: str = "") -> None:
        super().__init__(f"{status} {body.get('message') or body.get('error')}")
        self.status = status
        self.body = dict(body)
        self.errors = list(errors)
        self.reason = reason


def plain(status: int, message: str, name: str = "") -> Refused:
    """A refusal in the usual form, for the field `name`."""
    return Refused(status, {"status": "error", "message": message}, [FieldError(name, message)])


def invalid(errors: Sequence[FieldError]) -> Refused:
    return Refused(400, error_body(list(errors)), errors)


def unless(verdict: Verdict, name: str = "") -> None:
    """Raises Refused when a rule stands against the call."""
    if not verdict.allowed:
        raise Refused(verdict.status, verdict.body, [FieldError(name, verdict.message)], reason=verdict.reason)
