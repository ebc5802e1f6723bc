"""The same request from a program."""

import json
import shlex
from typing import Any
from uuid import uuid4

from django.conf import settings


def command(body: dict[str, Any]) -> str:
    """A curl command that sends `body`; the key stays a variable of the reader's shell."""
    text = json.dumps(body, indent=2, ensure_ascii=False)
    lines = [
        f"curl -X POST {shlex.quote(settings.BASE_URL + '/v1/calls')}",
        '-H "authorization: $PARLEY_KEY"',
        "-H 'content-type: application/json'",
        f"-H 'idempotency-key: {uuid4().hex[:12]}'",
        f"-d {shlex.quote(text)}",
    ]
    return " \\\n  ".join(lines)
