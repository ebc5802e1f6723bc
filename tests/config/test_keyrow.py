"""The statement for keys says what the ORM says."""

from datetime import timedelta

import pytest
from django.forms.models import model_to_dict
from django.utils.timezone import now

from calls.models import BillingRecord, CallingRules
from config.kit import keyrow
from config.models import ApiKey

pytestmark = pytest.mark.django_db


def test_it_reads_what_the_orm_reads(account, django_assert_num_queries):
    CallingRules.objects.filter(account=account).update(allowed_countries=["GB"], blocked_phrases=["a"], billing_on=True)
    BillingRecord.objects.create(account=account, balance="12.5")
    made, _ = ApiKey.issue(account, "tests", days=3)
    ApiKey.objects.filter(pk=made.pk).update(last_used_at=now() - timedelta(hours=1))
    with django_assert_num_queries(1):
        read = keyrow.read(made.digest, ("calling_rules", "billing"))
        beside = (read.account, read.account.calling_rules, read.account.billing, read.account.calling_rules.account)
    known = ApiKey.objects.select_related("account__calling_rules", "account__billing").get(pk=made.pk)
    for ours, theirs in zip((read, *beside[:3]), (known, known.account, known.account.calling_rules, known.account.billing), strict=True):
        for field in theirs._meta.concrete_fields:
            assert getattr(ours, field.attname) == getattr(theirs, field.attname), field
            assert type(getattr(ours, field.attname)) is type(getattr(theirs, field.attname)), field
        assert model_to_dict(ours) == model_to_dict(theirs)
    assert beside[3] is read.account


def test_rows_that_are_not_there(account):
    made, _ = ApiKey.issue(account, "tests")
    assert keyrow.read("0" * 64) is None
    read = keyrow.read(made.digest, ("billing",))
    with pytest.raises(BillingRecord.DoesNotExist):
        _ = read.account.billing


def test_the_row_can_be_saved(account):
    made, _ = ApiKey.issue(account, "tests")
    read = keyrow.read(made.digest)
    read.name = "renamed"
    read.save(update_fields=["name"])
    assert ApiKey.objects.get(pk=made.pk).name == "renamed"
