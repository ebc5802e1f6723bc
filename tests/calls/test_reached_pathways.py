"""Which other pathways the steps of a pathway reach, whatever is written in them."""

from uuid import uuid4

import pytest

from calls.agent.ports import PathwayBrief
from calls.reached import MOST_OTHERS, others
from pathways.models import Pathway

pytestmark = pytest.mark.django_db


def begun(*targets: tuple[str, object]) -> list[PathwayBrief]:
    nodes = [
        {"id": str(n), "type": "Transfer Pathway", "data": {"transferPathway": uid, "version": version}}
        for n, (uid, version) in enumerate(targets)
    ]
    return [PathwayBrief("p", "First", 1, {"nodes": nodes, "edges": []})]


@pytest.mark.parametrize("version", ["9" * 40, "²", 10**30, -1, True])
def test_an_odd_version_breaks_nothing(account, version):
    other = Pathway.objects.create(account=account, name="Other")
    assert others(account.pk, begun((str(other.uid), version))) == {}


def test_pathways_that_are_not_there_are_asked_for_a_few_times_only(account, django_assert_max_num_queries):
    with django_assert_max_num_queries(MOST_OTHERS):
        assert others(account.pk, begun(*((str(uuid4()), None) for _ in range(200)))) == {}
