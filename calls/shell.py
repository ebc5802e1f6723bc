"""What calls add to the context of every page."""

from typing import Any

from django.http import HttpRequest

from calls.carriers.registry import rehearsing


def rehearsal(request: HttpRequest) -> dict[str, Any]:
    """`rehearsal`: no phone line is connected, every call goes to a pretend callee."""
    account = getattr(request, "account", None)
    return {"rehearsal": account is not None and rehearsing(account)}
