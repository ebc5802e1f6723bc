"""What calls add to the context of every page."""

from typing import Any

from django.http import HttpRequest


def rehearsal(request: HttpRequest) -> dict[str, Any]:
    """`rehearsal`: no phone line is connected, every call goes to a pretend callee. No line can be connected yet."""
    return {"rehearsal": True}
