"""An office's own address for results and the secrets that sign them: checked and kept."""

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import now

from calls.hooks.health import server_of
from calls.models import WebhookSecret
from config.kit import audit, outbound
from config.models import Account, User
from personas.parameters import BY_NAME, Context
from personas.parameters.base import Bad


def check_address(account: Account, url: str) -> None:
    """Raises ValueError with words for staff when results may not be sent there. Looks no name up: that is done at every sending."""
    try:
        BY_NAME["webhook"].check(url, Context(country=account.country, allow_http=settings.ALLOW_HTTP_WEBHOOKS))
        outbound.check_url(url)
    except Bad as bad:
        raise ValueError(f"{bad} Write the whole address of a server in the internet, like https://ledger.example/results.") from bad
    except outbound.Refused as refused:
        raise ValueError(str(refused)) from refused


def choose(account: Account, url: str, waits: bool, *, by: User) -> bool:
    """Keeps where results go and whether they wait for the facts; False when nothing changed. `url` was checked."""
    before = {"address": account.webhook_url, "waits for the facts": account.webhook_waits}
    after = {"address": url, "waits for the facts": waits}
    changed = {name: value for name, value in after.items() if before[name] != value}
    if not changed:
        return False
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(webhook_url=url, webhook_waits=waits)
        audit.record(
            account,
            "webhook.address",
            server_of(url) or "nowhere",
            user=by,
            before={name: before[name] for name in changed},
            after=changed,
        )
    account.webhook_url, account.webhook_waits = url, waits
    return True


def secrets(account: Account) -> QuerySet[WebhookSecret]:
    """Those that sign now, the newest first."""
    signing = Q(retires_at=None) | Q(retires_at__gt=now())
    return WebhookSecret.objects.filter(signing, account=account).select_related("created_by")
