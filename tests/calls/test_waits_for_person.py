"""The column that the database keeps: who waits for a person."""

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
    plan = Call.objects.filter(account=account, waits_for_person=True).order_by("-created_at", "-id").explain()
    assert "call_waits_for_person" in plan or "Seq Scan" in plan  # PostgreSQL reads a table of no rows at once
