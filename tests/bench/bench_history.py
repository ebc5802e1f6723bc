"""Lists, filters, search, Home, a call and Analytics with a long history: server time and queries of each, one JSON line per case.

CALLS=20000 is how many are invented; the queries are counted at half of them too. CASES=search takes some of them.
DATABASE=postgresql takes a throw-away PostgreSQL.
BENCH_DATABASE_URL names a database that `manage.py seed_history` has filled: nothing is written into it.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.bench.harness import ROOT, free_port, installation, percentile, report

CALLS, REPEATS = int(os.environ.get("CALLS", "20000")), 30
GIVEN = os.environ.get("BENCH_DATABASE_URL", "")
ONLY = os.environ.get("CASES", "")  # a part of the names of the cases that are wanted


@dataclass(frozen=True)
class Case:
    name: str
    path: str
    goal_ms: int
    api: bool = False


def cases(account) -> Iterator[Case]:
    """Every kind of page, with values that this history has."""
    from django.urls import reverse
    from django.utils.timezone import now

    from calls.filters import Filters
    from calls.models import Call
    from calls.queries import page

    calls = Call.objects.filter(account=account)
    middle = calls.order_by("-created_at", "-pk")[calls.count() // 2]
    talked = calls.filter(answered_by="human", pathway__isnull=False).order_by("-created_at").first()
    day = f"{middle.created_at:%Y-%m-%d}"
    yield Case("list", "/calls/", 100)
    yield Case("list_deep", f"/calls/?before={page(account, Filters(), window=(None, middle.created_at), now=now()).older}", 100)
    filters = {
        "state_busy": "state=busy",
        "state_lost": "state=lost",
        "state_live": "state=live",
        "state_done": "state=done",
        "outcome": "outcome=INTERESTED",
        "outcome_none": "outcome=NEVER_HEARD_OF",
        "persona": f"persona={talked.persona.uid}",
        "person": "person=1",
        "today": "when=today",
        "days": f"from={day}&to={day}",
        "several": f"state=voicemail&persona={talked.persona.uid}&when=30",
        "pathway": f"pathway={talked.pathway.uid}",
        "from_number": f"from_number={talked.from_number.replace('+', '%2B')}",
        "answered_by": "answered_by=voicemail",
        "longer": "duration_gt=3",
        "error": "error_message=do-not-call",
        "recorded": "recorded=1",
        "variable": "variables=plan%3Dgold",
    }
    for name, query in filters.items():
        yield Case(f"filter_{name}", f"/calls/?{query}", 100)
    code = next(word for word in _lines(middle) if any(c.isdigit() for c in word) or word.istitle())
    searches = {
        "very_common": "q=yes",
        "common": "q=password",
        "rare": f"q={code}",
        "none": "q=qwertzuiop",
        "two_words": "q=toothache+insurance",
        "two_names": f"q={middle.callee_name.replace(' ', '+') or 'lucia'}",
        "phrase": "q=%22toothache+since%22",
        "phrase_of_common": "q=%22is+the+on+at%22",
        "prefix": "q=toothac",
        "prefix_broad": "q=con",
        "number": f"q={middle.to_number[2:]}",
        "number_part": f"q={middle.to_number[-4:]}",
        "and_outcome": "q=yes&outcome=INTERESTED",
        "and_outcome_never": "q=yes&outcome=NEVER_HEARD_OF",
        "and_busy": "q=yes&state=busy",
        "and_days": f"q=password&from={day}&to={day}",
        "rare_and_done": f"q={code}&state=done",
    }
    for name, query in searches.items():
        yield Case(f"search_{name}", f"/calls/?{query}", 200)
    deep = page(account, Filters(text="password"), window=(None, middle.created_at), now=now()).older
    yield Case("search_deep", f"/calls/?q=password&before={deep}", 200)
    yield Case("api_list", "/v1/calls?limit=100", 100, api=True)
    yield Case("api_filter", "/v1/calls?limit=100&status=busy", 100, api=True)
    yield Case("api_search", "/v1/calls?limit=100&search=password", 200, api=True)
    yield Case("home", "/", 100)
    yield Case("call", reverse("call", args=[talked.uid]), 100)
    everything = f"persona={talked.persona.uid}&pathway={talked.pathway.uid}&from_number={talked.from_number.replace('+', '%2B')}"
    yield Case("analytics", reverse("analytics"), 300)
    yield Case("analytics_today", f"{reverse('analytics')}?when=today", 300)
    yield Case("analytics_90_days", f"{reverse('analytics')}?when=90", 300)
    yield Case("analytics_persona", f"{reverse('analytics')}?when=90&persona={talked.persona.uid}", 300)
    yield Case("analytics_all_filters", f"{reverse('analytics')}?when=90&{everything}", 300)
    yield Case("analytics_csv", f"{reverse('analytics-csv', args=['all'])}?when=90", 300)


def _lines(call) -> list[str]:
    words = call.callee_name.split() or ["Lucia"]
    said = " ".join(call.utterances.values_list("text", flat=True)).replace(".", " ").replace(",", " ").split()
    return [*(word for word in said if word[:1].isupper() and word[1:].isdigit()), words[-1]]


def measure(get: Callable[[str], object], path: str) -> tuple[float, float, int]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    get(path)
    with CaptureQueriesContext(connection) as queries:
        get(path)
    count = len(queries)  # now: the next request empties the list
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        get(path)
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times), percentile(times, 0.95), count


def reader(account) -> Callable[[Case], Callable[[str], object]]:
    """Asks for a page as a viewer, or for an address of the API with a key."""
    from django.test import Client

    from config.models import ApiKey, Member, User

    browser, program = Client(), Client(headers={"Authorization": ApiKey.issue(account, "bench")[1]})
    user = User.objects.create_user(f"bench-{time.time_ns()}@example.com", None, name="Bench")
    Member.objects.create(account=account, user=user, role="viewer")
    browser.force_login(user)

    def asking(case: Case) -> Callable[[str], object]:
        client = program if case.api else browser

        def get(path: str) -> object:
            answer = client.get(path)
            assert answer.status_code == 200, (case.name, answer.status_code)
            return answer

        return get

    return asking


def run(account, counted: dict[str, int]) -> None:
    from django.db import connection

    from calls.models import Call

    asking, size = reader(account), Call.objects.filter(account=account).count()
    for case in cases(account):
        if ONLY not in case.name:
            continue
        p50, p95, queries = measure(asking(case), case.path)
        half = {"queries_half": counted[case.name]} if case.name in counted else {}
        report(
            f"history_{case.name}",
            db=connection.vendor,
            calls=size,
            p50_ms=p50,
            p95_ms=p95,
            goal_p95_ms=case.goal_ms,
            queries=queries,
            **half,
        )


def count(account) -> dict[str, int]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    asking, found = reader(account), {}
    for case in cases(account):
        get = asking(case)
        get(case.path)
        with CaptureQueriesContext(connection) as queries:
            get(case.path)
        found[case.name] = len(queries)
    return found


def main() -> None:
    with installation(**({"DATABASE_URL": GIVEN} if GIVEN else {})) as place:
        place.django()
        from analytics.rollups import counting
        from calls.seeding import history
        from config.models import Account
        from tests import factories

        if GIVEN:
            run(Account.objects.order_by("pk").first(), {})
            return
        account = factories.account()
        began, half = time.monotonic(), {}
        for part, seed in ((CALLS // 2, 1), (CALLS - CALLS // 2, 2)):
            *_, done = history.seed(account, part, seed=seed)
            report("history_seed", calls=part, lines=done.lines, seconds=time.monotonic() - began)
            began = time.monotonic()
            days = sum(1 for _ in counting.rebuild(account))
            report("history_rollups", calls=CALLS, days=days, seconds=time.monotonic() - began)
            half, began = half or count(account), time.monotonic()
        run(account, half)


if __name__ == "__main__":
    if os.environ.get("DATABASE") == "postgresql" and not GIVEN and "DATABASE_URL" not in os.environ:
        folder = tempfile.mkdtemp(prefix="parley-bench-pg.")
        os.execv(ROOT / "scripts" / "pgtmp", ["pgtmp", folder, str(free_port()), sys.executable, "-m", "tests.bench.bench_history"])
    main()
