"""Which calls somebody may see. A call of another account does not exist for them."""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404

from calls.models import Call
from config.kit.access import membership
from config.models import Account, Member, User


def visible_calls(account: Account) -> QuerySet[Call]:
    return Call.objects.filter(account=account)


def get_call(account: Account, uid: UUID) -> Call:
    """The call with what its page shows of other rows; Http404 when it is not this account's."""
    call = visible_calls(account).filter(uid=uid).select_related("persona", "pathway", "created_by", "api_key", "retry_of", "line").first()
    if call is None:
        raise Http404
    call.account = account
    return call


def socket_member(user: User | AnonymousUser | None, session: Any) -> Member | None:
    """The member behind a socket, read afresh from the database; None when nobody is signed in, or no longer a member."""
    if not isinstance(user, User) or not user.is_authenticated:
        return None
    return membership(user, session.get("account"))
