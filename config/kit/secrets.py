"""Secrets at rest: sealed with a key made from SECRET_KEY, so that a copy of the database alone gives none away.

After SECRET_KEY was changed, what was sealed before is still read with the keys in SECRET_KEY_FALLBACKS, and is sealed anew when it is
saved. Nothing here logs, and no message holds a secret.
"""

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

CONTEXT = b"parley secrets at rest"


class Unreadable(Exception):
    """Sealed with another key, or no seal at all."""


def seal(secret: str) -> str:
    """The sealed form of `secret`; "" stays ""."""
    return _box(settings.SECRET_KEY, tuple(settings.SECRET_KEY_FALLBACKS)).encrypt(secret.encode()).decode() if secret else ""


def unseal(sealed: str) -> str:
    """What was sealed. Raises Unreadable."""
    if not sealed:
        return ""
    try:
        return _box(settings.SECRET_KEY, tuple(settings.SECRET_KEY_FALLBACKS)).decrypt(sealed.encode()).decode()
    except (InvalidToken, ValueError) as error:
        raise Unreadable("This secret cannot be read: it was saved under another SECRET_KEY. Enter it again.") from error


@lru_cache(maxsize=4)
def _box(key: str, older: tuple[str, ...]) -> MultiFernet:
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.scrypt(k.encode(), salt=CONTEXT, n=2**12, r=8, p=1, dklen=32))) for k in (key, *older)]
    )
