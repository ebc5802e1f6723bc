"""The column that the database keeps: who waits for a person."""

from django.db import connection
from django.utils.timezone import now

from calls.models import Call
from tests import factories


def test_it_follows_needs_person_and_handled_at(account):
    call = factories.call(account)
    assert call.waits_for_person is False
    rows = Call.objects.filter(pk=call.pk)
    rows.update(needs_person=[{"reason": "callback", "text": "A call back was promised.", "seq": 3}])
    assert rows.filter(waits_for_person=True).exists()
    rows.update(handled_at=now())
    assert rows.filter(waits_for_person=False).exists()


def test_the_index_answers(account):
    """Among calls of which few wait, with what the database knows of them; of an empty table it may read whatever it likes."""
    Call.objects.bulk_create([Call(account=account, to_number="+15005550006", config={}) for _ in range(600)])
    factories.call(account, needs_person=[{"reason": "callback", "text": "", "seq": None}])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE calls_call")
    plan = Call.objects.filter(account=account, waits_for_person=True).order_by("-created_at", "-id").explain()
    assert "call_waits_for_person" in plan
