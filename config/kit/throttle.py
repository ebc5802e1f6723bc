"""Guessing passwords is made slow: a few wrong tries per address and e-mail, some more per address."""

from datetime import timedelta

from django.utils.timezone import now

from config.models import SignInTry

WINDOW = timedelta(minutes=15)
PER_PERSON = 5  # wrong tries from one address at one e-mail within WINDOW
PER_ADDRESS = 30  # and at all e-mails together


def begin(address: str, email: str) -> SignInTry | None:
    """Counts this try before its password is looked at, so that parallel tries do not slip through. None: too many, do not look."""
    since = now() - WINDOW
    SignInTry.objects.filter(at__lt=since).delete()
    mine = SignInTry.objects.create(address=address, email=email)
    recent = SignInTry.objects.filter(address=address, at__gte=since)
    if recent.filter(email=email).count() > PER_PERSON or recent.count() > PER_ADDRESS:
        mine.delete()
        return None
    return mine


def succeeded(mine: SignInTry) -> None:
    """The password was right: what this person got wrong before is forgotten."""
    SignInTry.objects.filter(address=mine.address, email=mine.email).delete()
