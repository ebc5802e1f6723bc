"""Every address and every socket × everybody who may come: what they reach is written here and nowhere guessed.

A new address without a line in ACCESS fails; so does one whose view is marked otherwise than its line says.
"""

import re
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.core.signals import request_finished
from django.db import close_old_connections
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.timezone import now

from analytics.models import QuestionRun
from calls.models import (
    BlockedNumber,
    Call,
    CallJob,
    CitationRun,
    CorrectedTranscript,
    Delivery,
    DoNotCall,
    Line,
    Number,
    NumberPool,
    SavedView,
)
from calls.rehearsal import chat as chats
from calls.rehearsal import suite
from calls.routing import sockets
from calls.sharing import links
from config.asgi import application
from config.kit.secrets import seal
from config.models import ApiKey, IdempotentRequest, Role
from pathways import making
from pathways.models import PathwayVersion
from personas import citation_schemas, rails, versions
from tests import factories
from tests.calls.recordings import kit as recordings
from tests.calls.rehearsal import kit as rehearsal

# Who may: "public", "key" (an API key, no session), "signed" (a carrier, by its signature), or the weakest role.
ACCESS = {
    "": "viewer",
    "analytics/": "viewer",
    "analytics/<slug:name>.csv": "viewer",
    "analytics/questions/": "viewer",
    "analytics/questions/ask": "operator",
    "analytics/questions/<uuid:uid>": "viewer",
    "analytics/questions/<uuid:uid>/answers.csv": "viewer",
    "analytics/questions/<uuid:uid>/stop": "operator",
    "analytics/facts/": "viewer",
    "analytics/facts/<uuid:uid>": "viewer",
    "analytics/facts/<uuid:uid>/edit": "editor",
    "analytics/facts/<uuid:uid>/past": "editor",
    "analytics/facts/<uuid:uid>/runs/<uuid:run>": "viewer",
    "analytics/facts/<uuid:uid>/runs/<uuid:run>/stop": "editor",
    "analytics/facts/<uuid:uid>/values": "viewer",
    "analytics/facts/<uuid:uid>/values.csv": "viewer",
    "analytics/facts/new": "editor",
    "analytics/facts/<uuid:uid>/delete": "editor",  # the last: it takes the row away
    "calls/": "viewer",
    "calls/bulk": "operator",
    "calls/views": "viewer",
    "calls/views/<int:pk>": "viewer",  # of one's own; the office's ones also editors
    "calls/work": "operator",
    "calls/work/<uuid:uid>": "operator",
    "calls/work/<uuid:uid>/file": "operator",
    "calls/work/<uuid:uid>/stop": "operator",
    "calls/<uuid:uid>": "viewer",
    "calls/<uuid:uid>/print": "viewer",
    "calls/<uuid:uid>/share": "operator",
    "calls/<uuid:uid>/share/<int:pk>/end": "operator",
    "calls/<uuid:uid>/tags": "operator",
    "calls/<uuid:uid>/deliveries": "viewer",
    "calls/<uuid:uid>/deliveries/<uuid:delivery>": "viewer",
    "calls/<uuid:uid>/deliveries/<uuid:delivery>/again": "operator",
    "calls/<uuid:uid>/correct": "operator",
    "calls/<uuid:uid>/corrected": "viewer",
    "calls/<uuid:uid>/give-back": "operator",
    "calls/<uuid:uid>/handled": "operator",
    "calls/<uuid:uid>/listen": "operator",
    "calls/<uuid:uid>/outcome": "operator",
    "calls/<uuid:uid>/outcome/back": "operator",
    "calls/<uuid:uid>/phone": "operator",
    "calls/<uuid:uid>/recording": "viewer",
    "calls/<uuid:uid>/stop": "operator",
    "calls/<uuid:uid>/take-over": "operator",
    "calls/<uuid:uid>/transfer": "operator",
    "calls/<uuid:uid>/type": "operator",
    "calls/<uuid:uid>/whisper": "operator",
    "calls/<uuid:uid>/undo": "operator",
    "calls/<uuid:uid>/twilio/answerer": "signed",
    "calls/<uuid:uid>/twilio/handed-over": "signed",
    "calls/<uuid:uid>/twilio/next/<int:again>": "signed",
    "calls/<uuid:uid>/twilio/picked-up": "signed",
    "calls/<uuid:uid>/twilio/status": "signed",
    "calls/<uuid:uid>/recording/delete": "editor",  # after what is heard
    "calls/<uuid:uid>/delete": "admin",  # the last of them; refused: this call is not over
    "calls/new": "operator",
    "calls/new/check": "operator",
    "calls/new/curl": "operator",
    "calls/new/reading": "operator",
    "calls/results/again": "operator",
    "calls/results/leave": "operator",
    "design": "editor",
    "docs/api": "viewer",
    "docs/webhooks": "viewer",
    "guard-rails/": "viewer",
    "guard-rails/<uuid:uid>": "viewer",
    "guard-rails/<uuid:uid>/attach": "editor",
    "guard-rails/<uuid:uid>/backtest": "viewer",
    "guard-rails/<uuid:uid>/detach/<int:pk>": "editor",
    "guard-rails/<uuid:uid>/edit": "editor",
    "guard-rails/<uuid:uid>/switch": "editor",
    "guard-rails/attached/<str:kind>/<uuid:uid>": "viewer",
    "guard-rails/new": "editor",
    "guard-rails/trips": "viewer",
    "guard-rails/<uuid:uid>/delete": "editor",  # the last: it takes the row away
    "healthz": "public",
    "pathways/": "viewer",
    "pathways/<uuid:uid>": "viewer",
    "pathways/<uuid:uid>/about": "editor",
    "pathways/<uuid:uid>/compare": "viewer",
    "pathways/<uuid:uid>/delete": "editor",
    "pathways/<uuid:uid>/duplicate": "editor",
    "pathways/<uuid:uid>/export": "editor",
    "pathways/<uuid:uid>/operations": "editor",
    "pathways/<uuid:uid>/save": "editor",
    "pathways/<uuid:uid>/versions": "viewer",
    "pathways/<uuid:uid>/versions/<int:number>/delete": "editor",
    "pathways/<uuid:uid>/versions/<int:number>/draft": "editor",
    "pathways/folders": "editor",
    "pathways/folders/<uuid:uid>/delete": "editor",
    "pathways/import": "editor",
    "pathways/new": "editor",
    "pathways/<uuid:uid>/chat": "operator",
    "pathways/<uuid:uid>/publish": "editor",
    "pathways/<uuid:uid>/rehearsals": "viewer",
    "pathways/<uuid:uid>/rehearsals/<uuid:scenario>": "editor",
    "pathways/<uuid:uid>/rehearsals/<uuid:scenario>/<slug:deed>": "editor",
    "pathways/<uuid:uid>/rehearsals/new": "editor",
    "pathways/<uuid:uid>/rehearsals/replay": "editor",
    "pathways/<uuid:uid>/rehearsals/run": "editor",
    "pathways/<uuid:uid>/rehearsals/runs/<uuid:run>": "viewer",
    "personas/": "viewer",
    "personas/<uuid:uid>": "viewer",
    "personas/<uuid:uid>/about": "editor",
    "personas/<uuid:uid>/edit": "editor",
    "personas/<uuid:uid>/history": "viewer",
    "personas/<uuid:uid>/reset": "editor",
    "personas/<uuid:uid>/delete": "editor",  # the last of them: afterwards the persona is not there any more
    "personas/new": "editor",
    "recordings/<uuid:uid>.wav": "public",
    "shared/<str:token>": "public",
    "shared/<str:token>/sound.wav": "public",
    "settings/": "viewer",
    "settings/audit": "admin",
    "settings/keys": "admin",
    "settings/keys/<int:pk>/revoke": "admin",
    "settings/lines/own-key": "admin",
    "settings/lines": "admin",
    "settings/lines/<uuid:uid>": "admin",
    "settings/lines/<uuid:uid>/default": "admin",
    "settings/lines/<uuid:uid>/switch": "admin",
    "settings/lines/<uuid:uid>/test": "admin",
    "settings/lines/<uuid:uid>/remove": "admin",  # GET only asks
    "settings/lines/new-sip": "admin",
    "settings/lines/new-twilio": "admin",
    "settings/members": "admin",
    "settings/members/<int:pk>/link": "admin",
    "settings/members/<int:pk>/remove": "admin",
    "settings/members/<int:pk>/role": "admin",
    "settings/model": "admin",
    "settings/numbers": "operator",
    "settings/numbers/<slug:kind>": "operator",
    "settings/numbers/<slug:kind>/<int:pk>/remove": "operator",
    "settings/office": "admin",
    "settings/office/switch": "viewer",
    "settings/own-numbers": "admin",
    "settings/own-numbers/<int:pk>": "admin",
    "settings/own-numbers/<int:pk>/remove": "admin",  # the last of them: it takes the row away
    "settings/password": "viewer",
    "settings/pools/<uuid:uid>": "admin",
    "settings/pools/<uuid:uid>/remove": "admin",  # the last
    "settings/pools/new": "admin",
    "settings/profile": "viewer",
    "settings/results": "admin",
    "settings/results/secret": "admin",
    "settings/results/secret/old/remove": "admin",
    "settings/rules": "admin",
    "settings/speech": "admin",
    "settings/speech/sample/<slug:voice>": "admin",
    "settings/theme": "viewer",
    "sign-in": "public",
    "sign-in/<str:token>": "public",
    "sign-out": "public",
    "v1/^(?:.*[^/])?$": "key",
    "v1/agent-testing/batch-run": "key",
    "v1/agent-testing/runs": "key",
    "v1/agent-testing/runs/<str:run_id>": "key",
    "v1/agent-testing/scenarios": "key",
    "v1/agent-testing/scenarios/<str:scenario_id>": "key",
    "v1/agent-testing/scenarios/<str:scenario_id>/run": "key",
    "v1/calls": "key",
    "v1/calls/<str:call_id>": "key",
    "v1/calls/<str:call_id>/events": "key",
    "v1/pathway_calls/<str:call_id>": "key",
    "v1/calls/<str:call_id>/recording": "key",
    "v1/calls/<str:call_id>/correct": "key",
    "v1/calls/<str:call_id>/stop": "key",
    "v1/calls/<str:call_id>/transcript/stream": "key",
    "v1/calls/active": "key",
    "v1/calls/active/stop": "key",
    "v1/calls/active/stream": "key",
    "v1/calls/analyze": "key",
    "v1/calls/<str:call_id>/analyze": "key",
    "v1/citation_schemas": "key",
    "v1/citation_schemas/<uuid:schema_id>": "key",
    "v1/citation_schemas/list": "key",
    "v1/citation_schemas/analytics": "key",
    "v1/citation_schemas/analytics/issues": "key",
    "v1/citation_schemas/analytics/time-series": "key",
    "v1/citation_schemas/analytics/top-values": "key",
    "v1/citation_schemas/backfill": "key",
    "v1/citation_schemas/backfill/status/<uuid:workflow_id>": "key",
    "v1/postcall/webhooks/create": "key",
    "v1/postcall/webhooks/resend": "key",
    "v1/postcall/webhooks/<str:call_id>": "key",
    "v1/guard_rails": "key",
    "v1/guard_rails/<str:guard_rail_id>": "key",
    "v1/convo_pathway": "key",
    "v1/convo_pathway/<uuid:pathway_id>": "key",
    "v1/convo_pathway/<uuid:pathway_id>/publish": "key",
    "v1/convo_pathway/<uuid:pathway_id>/version": "key",
    "v1/convo_pathway/<uuid:pathway_id>/version/<int:number>": "key",
    "v1/convo_pathway/<uuid:pathway_id>/versions": "key",
    "v1/convo_pathway/create": "key",
    "v1/convo_pathway/create-version": "key",
    "v1/convo_pathway/duplicate": "key",
    "v1/convo_pathway/folders": "key",
    "v1/convo_pathway/get_one": "key",
    "v1/convo_pathway/publish": "key",
    "v1/convo_pathway/update": "key",
    "v1/languages": "key",
    "v1/speak": "key",
    "v1/voices": "key",
    "v1/voices/<str:voice_id>": "key",
    "v1/voices/<str:voice_id>/sample": "key",
    "v1/me": "key",
    "v1/openapi.json": "public",
    "v1/recording/<str:call_id>": "key",
    "v1/recordings/<str:call_id>": "key",
    "v1/personas": "key",
    "v1/personas/<str:persona_id>": "key",
    "v1/personas/<str:persona_id>/draft": "key",
    "v1/personas/<str:persona_id>/inbound/attach": "key",
    "v1/personas/<str:persona_id>/inbound/detach": "key",
    "v1/personas/<str:persona_id>/production": "key",
    "v1/personas/<str:persona_id>/promote": "key",
    "v1/personas/<str:persona_id>/reset-draft": "key",
    "v1/personas/<str:persona_id>/versions": "key",
    "v1/personas/<str:persona_id>/versions/<str:version_id>": "key",
    "v1/personas/<str:persona_id>/versions/promote": "key",
    "v1/personas/<str:persona_id>/versions/reset": "key",
    "v1/pathway": "key",
    "v1/pathway/<uuid:pathway_id>": "key",
    "v1/pathway/<uuid:pathway_id>/publish": "key",
    "v1/pathway/<uuid:pathway_id>/version": "key",
    "v1/pathway/<uuid:pathway_id>/version/<int:number>": "key",
    "v1/pathway/<uuid:pathway_id>/versions": "key",
    "v1/pathway/chat/<str:chat_id>": "key",
    "v1/pathway/chat/create": "key",
    "v1/pathway/create": "key",
    "v1/pathway/duplicate": "key",
    "v1/pathway/folders": "key",
    "v1/pathway/generate": "key",
    "v1/pathway/generate/status/<uuid:job_id>": "key",
}
SOCKETS = {"ws/calls": "viewer", "ws/calls/<uuid:uid>": "viewer"}

EVERYBODY = ["nobody", "stranger", *Role.values]
UNKNOWN_API = "v1/^(?:.*[^/])?$"  # answers 404 to everybody


def routes(resolver: URLResolver, before: str = "") -> list[tuple[str, URLPattern]]:
    found = []
    for each in resolver.url_patterns:
        route = before + str(each.pattern)
        found += routes(each, route) if isinstance(each, URLResolver) else [(route, each)]
    return found


ROUTES = dict(routes(get_resolver()))


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


class Place:
    """One office with a row behind every address that names one, and everybody who may come."""

    def __init__(self) -> None:
        self.account = factories.account()
        self.elsewhere = factories.account("Strangers Ltd")
        self.call = factories.call(self.account)
        recordings.recorded(self.call)
        CorrectedTranscript.objects.create(call=self.call, state="ready")
        self.link, address = links.make(self.call, factories.member(self.account).user, redact=False, sound=True, days=1)
        self.token = address.rpartition("/")[2]
        self.delivery = Delivery.objects.create(
            account=self.account, call=self.call, kind=Delivery.RECORD, url="https://crm.example/", body="{}"
        )
        self.persona = versions.create(self.account, versions.About("June"))
        self.pathway = making.create(self.account, "Reminder").pathway
        PathwayVersion.objects.update(published_at=now())  # so that deleting it is refused, and other addresses still find it
        self.folder = making.make_folder(self.account, "Dental")
        self.job = IdempotentRequest.objects.create(account=self.account, key=f"pathway-job:{uuid4()}")
        self.doomed = making.create(self.account, "Deleted here").pathway
        self.key = ApiKey.issue(self.account, "tests")[1]
        self.their_key = ApiKey.issue(self.elsewhere, "theirs")[1]
        self.users = {role: factories.member(self.account, role).user for role in Role.values}
        self.users["stranger"] = factories.member(self.elsewhere, "admin").user
        self.spare = factories.member(self.account, "viewer")
        self.rows = {
            "calls/<uuid:uid>/share": self.link.pk,
            "settings/keys": ApiKey.objects.get(account=self.account).pk,
            "settings/members": self.spare.pk,
            "settings/numbers": DoNotCall.objects.create(account=self.account, number="+17205550142").pk,
        }
        nowhere = {"host": "127.0.0.1", "port": 9, "transport": "tcp"}  # refused at once
        self.line = Line.objects.create(account=self.account, kind="sip", name="Trunk", settings=nowhere)
        self.pool = NumberPool.objects.create(account=self.account, name="East")
        self.rows["settings/own-numbers"] = Number.objects.create(account=self.account, number="+12025550111").pk
        self.rail = rails.create(self.account, "tcpa:opt_out", rails.Content("Stops when asked"))
        self.schema = citation_schemas.create(self.account, citation_schemas.Content("Appointments"))
        self.read = CitationRun.objects.create(account=self.account, schema=self.schema, revision=1)
        self.asked = QuestionRun.objects.create(account=self.account, questions=[["Did they agree?", ""]], state="done")
        self.scenario = rehearsal.scenario(self.pathway, request_data={})
        self.run = suite.begin(self.pathway.versions.get(), [self.scenario])[0]
        self.work = CallJob.objects.create(account=self.account, deed="export", state="done", file="access.csv")
        (settings.DATA_DIR / "exports").mkdir()
        (settings.DATA_DIR / "exports" / "access.csv").write_text("id\n")
        self.view = SavedView.objects.create(account=self.account, user=self.users["viewer"], name="Busy", query="state=busy", shared=True)
        self.rows["calls/views"] = self.view.pk
        self.chat = chats.create(self.pathway, self.pathway.versions.get())
        self.uids = {
            "calls/work": str(self.work.uid),
            "analytics/facts/": str(self.schema.uid),
            "analytics/questions/": str(self.asked.uid),
            "guard-rails/attached/": str(self.persona.uid),
            "guard-rails/": str(self.rail.uid),
            "personas/": str(self.persona.uid),
            "settings/lines": str(self.line.uid),
            "settings/pools": str(self.pool.uid),
            "pathways/folders": str(self.folder.uid),
            "pathways/<uuid:uid>/delete": str(self.doomed.uid),
            "pathways/": str(self.pathway.uid),
        }
        self.names = {
            "<str:persona_id>": str(self.persona.uid),
            "<str:voice_id>": "june",
            "<str:guard_rail_id>": str(self.rail.uid),
            "<uuid:schema_id>": str(self.schema.uid),
            "<uuid:workflow_id>": str(self.read.uid),
            "<str:kind>": "PERSONA",
            "<str:version_id>": str(self.persona.versions.get(number=1).uid),
            "<uuid:job_id>": self.job.key.removeprefix("pathway-job:"),
        }
        BlockedNumber.objects.create(account=self.account, number="+17205550142")

    def path(self, route: str) -> str:
        pk = next((str(pk) for start, pk in self.rows.items() if route.startswith(start)), "1")
        uid = next((uid for start, uid in self.uids.items() if route.startswith(start)), str(self.call.uid))
        if route.startswith("analytics/facts/"):
            route = route.replace("<uuid:run>", str(self.read.uid))
        for name in ("scenario", "run", "chat", "delivery"):
            row = str(getattr(self, name).uid)
            route = route.replace(f"<uuid:{name}>", row).replace(f"<str:{name}_id>", row)
        filled = route.replace("^(?:.*[^/])?$", "nothing-here").replace("<uuid:uid>", uid).replace("<str:call_id>", uid)
        for name, value in self.names.items():
            filled = filled.replace(name, value)
        filled = filled.replace("<uuid:pathway_id>", str(self.pathway.uid)).replace("<int:number>", "1")
        filled = filled.replace("<slug:kind>", "dnc").replace("<slug:deed>", "require").replace("<slug:voice>", "june")
        filled = filled.replace("<slug:name>", "calls")
        if route.startswith("shared/"):
            filled = filled.replace("<str:token>", self.token)
        return "/" + filled.replace("<int:pk>", pk).replace("<str:token>", "invented")

    def client(self, who: str) -> Client:
        client = Client()
        if who != "nobody":
            client.force_login(self.users[who])
        return client


@pytest.fixture
def place(db) -> Place:
    return Place()


def ask(client: Client, path: str, **headers: str) -> tuple[int, str]:
    """The answer to GET, or to an empty POST where only that is taken: status and where it leads."""
    answer = client.get(path, headers=headers)
    if answer.status_code == 405:
        answer = client.post(path, headers=headers)
    if answer.streaming:  # left alone, with the test's connection to the database kept, as the client does for other answers
        request_finished.disconnect(close_old_connections)
        answer.close()
        request_finished.connect(close_old_connections)
    return answer.status_code, answer.headers.get("Location", "")


def test_every_address_has_its_line_and_no_line_is_left_over():
    assert set(ROUTES) == set(ACCESS)


def test_every_view_is_marked_as_its_line_says():
    marked = {route: getattr(pattern.callback, "access", None) for route, pattern in ROUTES.items()}
    assert marked == {route: "public" if who in ("key", "signed") else who for route, who in ACCESS.items()}


@pytest.mark.parametrize("who", EVERYBODY)
def test_pages(place, who):
    wrong = []
    for route, needed in ACCESS.items():
        if needed in ("public", "key", "signed") or (who in Role.values and route == "settings/password"):
            continue
        status, target = ask(place.client(who), place.path(route))
        told = "sign-in" if status == 302 and target.startswith("/sign-in") else {403: "refused", 404: "not there"}.get(status, "in")
        if who == "nobody":
            right = "sign-in"
        elif who == "stranger":  # an admin at home: pages that name nothing show their own office
            right = "not there" if "<" in re.sub("<slug:(kind|voice|name)>", "", route) or route == "settings/office/switch" else "in"
        elif not Role(who).allows(needed) or (
            who == "operator" and route == "calls/views/<int:pk>"
        ):  # the viewer's: theirs and the editors'
            right = "refused"
        else:
            # without a body these name nothing that exists
            right = "not there" if route in ("settings/office/switch", "settings/members/<int:pk>/role") else "in"
        if told != right or status >= 500:
            wrong.append(f"{who} at /{route}: {told} ({status}), should be {right}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", EVERYBODY)
def test_what_is_public_is_so_for_everybody(place, who):
    for route in [route for route, needed in ACCESS.items() if needed == "public"]:
        status, target = ask(place.client(who), place.path(route))
        assert status in (200, 303, 410, 503), f"{who} at /{route}: {status} {target}"


@pytest.mark.parametrize("who", EVERYBODY)
def test_what_a_carrier_signs_is_refused_to_everybody_else(place, who):
    line = Line.objects.create(account=place.account, kind="twilio", name="Twilio", secret=seal("token"))
    Call.objects.filter(pk=place.call.pk).update(carrier="twilio", line=line)
    for route in [route for route, needed in ACCESS.items() if needed == "signed"]:
        path = place.path(route).replace("<int:again>", "0")
        assert ask(place.client(who), path)[0] == 403, f"{who} at /{route}"


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_session_opens_nothing_of_the_api(place, who):
    for route in [route for route, needed in ACCESS.items() if needed == "key" and route != UNKNOWN_API]:
        assert ask(place.client(who), place.path(route))[0] == 401, f"{who} at /{route}"


def test_a_key_opens_its_own_office_only(place):
    client = Client()
    for route in [route for route, needed in ACCESS.items() if needed == "key" and route != UNKNOWN_API and "stream" not in route]:
        mine, _ = ask(client, place.path(route), Authorization=place.key)
        assert mine in (200, 400), f"/{route}: {mine}"
        if "<" in route and "voice_id" not in route:  # voices belong to everybody
            theirs, _ = ask(client, place.path(route), Authorization=f"Bearer {place.their_key}")
            assert theirs == 404, f"/{route} to another office: {theirs}"


def test_an_unknown_page_is_not_there_for_anybody(place):
    for who in EVERYBODY:
        assert ask(place.client(who), "/nothing-here")[0] == 404


def test_every_socket_has_its_line():
    assert {str(each.pattern) for each in sockets} == set(SOCKETS)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", EVERYBODY)
async def test_sockets(who):
    place = await sync_to_async(Place)()
    client = await sync_to_async(place.client)(who)
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    headers = [(b"origin", b"http://testserver"), (b"host", b"testserver")]
    if cookie:
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie.value}".encode()))
    for route in SOCKETS:
        socket = WebsocketCommunicator(application, place.path(route), headers=headers)
        connected, _ = await socket.connect()
        assert connected, "accepted first, so that the browser can read the close code"
        first = await socket.receive_output(timeout=5)
        right = 4401 if who == "nobody" else 4404 if who == "stranger" and "<" in route else None
        assert first.get("code") == right, f"{who} at /{route}"
        await socket.disconnect()
