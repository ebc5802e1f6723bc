"""Steps that call web addresses, against a local server that speaks HTTP."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from calls.agent.pathway.looking_up import at
from calls.agent.ports import EndCall, Say, Turn
from config.kit import storable
from tests.calls.agent.pathway.kit import Walking, graph, step, walking, way


@dataclass
class Office:
    """What the server was asked; `answers` by path: status and JSON."""

    url: str = ""
    seen: list[tuple[str, str, dict[str, str], str]] = field(default_factory=list)
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    wait: float = 0.0


@pytest.fixture
def office(settings) -> Iterator[Office]:
    settings.ALLOW_HTTP_WEBHOOKS = True
    made = Office()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            made.seen.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            time.sleep(made.wait)
            status, answer = made.answers.get(self.path.split("?")[0], (200, {"ok": True}))
            sent = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield made
    server.shutdown()
    server.server_close()


ASK = step("ask", isStart=True, text="Which day suits you?", extractVars=[["day", "date", "The day they want"]])
OFFER = step("offer", text="I have {{time}} for you. Is that fine?")
NONE = step("none", "End Call", text="There is nothing free that day. Goodbye.")
WRONG = step("wrong", "End Call", text="I cannot look right now. Goodbye.")
RESPONSES = [
    ["BlandStatusCode", "==", "404", {"id": "none", "name": "None"}],
    ["time", "!=", "", {"id": "offer", "name": "Offer"}],
    ["Default/Webhook Failure", "", "", {"id": "wrong", "name": "Wrong"}],
]


def looking(office: Office, **data: Any) -> Walking:
    told = {
        "url": f"{office.url}/slots?day={{{{day}}}}&who={{{{name}}}}",
        "method": "POST",
        "headers": {"x-key": "secret-{{name}}"},
        "body": '{"day": "{{day}}", "who": "{{name}}", "count": {{count}}}',
        "responseData": [
            {"name": "time", "data": "$.slots[?@.free==true].at", "context": ""},
            {"name": "place", "data": "where.city", "context": ""},
        ],
        "responsePathways": RESPONSES,
        **data,
    }
    parts = (ASK, step("look", "Webhook", **told), OFFER, NONE, WRONG, way("ask", "look", "They name a day", "They say which day"))
    return walking(graph(*parts), variables={"name": 'Jo "Jay" Doe', "count": 2})


async def test_the_answer_becomes_variables_and_names_the_way_on(office):
    office.answers["/slots"] = (
        200,
        {"slots": [{"at": "9:00", "free": False}, {"at": "10:30", "free": True}], "where": {"city": "Springfield"}},
    )
    w = looking(office, speech="One moment, I am looking.")
    await w.open()
    assert await w.say("On Friday.") == "One moment, I am looking. I have 10:30 for you. Is that fine?"
    method, path, headers, body = office.seen[0]
    assert (method, path, headers["x-key"]) == ("POST", "/slots?day=2026-11-27&who=Jo%20%22Jay%22%20Doe", 'secret-Jo "Jay" Doe')
    assert json.loads(body) == {"day": "2026-11-27", "who": 'Jo "Jay" Doe', "count": 2}
    assert w.learnt == {"day": "2026-11-27", "time": "10:30", "place": "Springfield"} and w.route == ["ask", "look", "offer"]
    note = w.notes("webhook")[0]
    assert (note.data["status"], note.data["ok"], note.data["method"], note.data["url"]) == (200, True, "POST", f"{office.url}/slots?…")
    assert "secret" not in json.dumps([dict(n.data) for n in w.notes("webhook")])
    assert w.notes("decision")[-1].data["why"] == "time != "


@pytest.mark.parametrize(("status", "route"), [(404, "none"), (500, "wrong")])
async def test_ways_by_status(office, status, route):
    office.answers["/slots"] = status, {"error": "x"}
    w = looking(office)
    await w.open()
    await w.say("On Friday.")
    assert w.route[-1] == route and w.notes("webhook")[0].level == "error"


async def test_an_address_in_a_private_network_is_refused_and_the_failure_has_its_way(office, settings):
    settings.ALLOW_HTTP_WEBHOOKS = False
    w = looking(office, url=office.url.replace("http://", "https://"))
    await w.open()
    assert await w.say("On Friday.") == "I cannot look right now. Goodbye."
    assert not office.seen and "private network" in w.notes("webhook")[0].data["error"]


async def test_too_slow_and_tried_again(office):
    office.wait = 0.6
    w = looking(office, timeoutValue=0.2, max_retries=1)
    await w.open()
    await w.say("On Friday.")
    assert len(office.seen) == 2 and w.route[-1] == "wrong" and w.notes("webhook")[0].data["error"] == "No answer within 0.2 s"


async def test_without_a_way_by_the_answer_it_goes_on_by_its_edge(office):
    parts = (ASK, step("look", "Webhook", url=f"{office.url}/x"), OFFER, way("ask", "look", "They name a day"), way("look", "offer"))
    w = walking(graph(*parts), variables={"time": "ten"})
    await w.open()
    assert await w.say("On Friday.") == "I have ten for you. Is that fine?"
    assert office.seen[0][0] == "GET"


async def test_a_tool_step_from_its_inline_definition(office):
    office.answers["/book"] = 200, {"number": 77}
    tool = {
        "name": "Book",
        "description": "Books it",
        "config": {"url": f"{office.url}/book", "method": "POST", "body": {"day": "{{input.day}}"}},
    }
    tool["response_data"] = [{"name": "booking", "data": "$.number"}]
    booked = step("booked", "End Call", text="Your number is {{booking}}. Goodbye.")
    done = step(
        "book",
        "Custom Tool",
        tool=tool,
        speech="I am booking it.",
        responsePathways=[["Default/Webhook Completion", "", "", {"id": "booked", "name": ""}]],
    )
    w = walking(graph(ASK, done, booked, way("ask", "book", "They name a day")))
    await w.open()
    assert await w.say("On Friday.") == "I am booking it. Your number is 77. Goodbye."
    assert json.loads(office.seen[0][3]) == {"day": "2026-11-27"} and w.notes("tool")


async def test_a_tool_beside_the_talk_runs_once_what_it_needs_is_known_and_may_route(office):
    office.answers["/vip"] = 200, {"vip": True}
    tool = {"name": "Vip", "type": "webhook", "url": f"{office.url}/vip?day={{{{day}}}}", "behavior": "feed_context_and_route"}
    tool |= {
        "response_data": [{"name": "vip", "data": "vip"}],
        "responsePathways": [{"variable": "vip", "operator": "==", "value": "true", "nodeId": "vip"}],
    }
    ask = {**ASK, "data": {**ASK["data"], "tools": [tool]}}
    w = walking(graph(ask, step("vip", text="Welcome back!"), OFFER, way("ask", "offer", "They name a day")))
    await w.open()
    await w.say("What do you mean?")
    assert not office.seen
    assert await w.say("On Friday.") == "Welcome back!"
    assert [s[1] for s in office.seen] == ["/vip?day=2026-11-27"]


async def test_words_while_it_looks_do_not_ask_twice(office):
    office.answers["/slots"] = 200, {"slots": [{"at": "10:30", "free": True}]}
    office.wait = 0.4
    w = looking(office, speech="One moment.")
    await w.open()
    stream = w.agent.reply(Turn("heard", "On Friday."))
    said = []
    async for action in stream:
        said.append(action)
        if isinstance(action, Say):
            break
    thinking = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0.1)
    thinking.cancel()  # the person speaks: the session drops the reply
    await asyncio.gather(thinking, return_exceptions=True)
    assert await w.say("Are you still there?", interrupted=True) == "I have 10:30 for you. Is that fine?"
    assert len(office.seen) == 1 and not any(isinstance(a, EndCall) for a in w.last)


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("$.a.b", 1), ("a.b", 1), ("$['a']['b']", 1),
        ("$.list[0].n", "x"), ("$.list[*].n", ["x", "y"]), ("$..n", ["x", "y"]), ("$.list[-1].n", "y"),
        ("$.list[?@.free].n", "y"), ("$.nothing", None), ("$.none", None), ("", "whole"), ("$.[", None), ("[0]", None),
    ],
)  # fmt: skip
def test_json_paths(path, wanted):
    document = {"a": {"b": 1}, "list": [{"n": "x"}, {"n": "y", "free": True}], "none": None}
    assert at(document, path) == (document if wanted == "whole" else wanted)


def test_a_path_into_a_text_leads_nowhere():
    assert at("plain text", "$.a") is None and at("plain text", "") == "plain text"


async def test_an_address_that_a_variable_breaks_fails_the_step_and_not_the_call(office):
    w = looking(office, url="https://[{{name}}/slots", query={"a": "b"})
    await w.open()
    await w.say("On Friday.")
    assert w.route[-1] == "wrong" and not w.notes("webhook")[0].data["ok"]


async def test_what_a_database_cannot_keep_is_left_out_of_an_answer(office):
    office.answers["/slots"] = 200, {"slots": [{"at": "10\x00:30", "free": True}], "where": {"city": float("nan")}}
    w = looking(office)
    await w.open()
    await w.say("On Friday.")
    assert w.learnt["time"] == "10:30" and "place" not in w.learnt
    assert not storable.trouble([dict(n.data) for n in w.notes("variable") + w.notes("webhook")])


@pytest.mark.parametrize("path", ["$[?@.a =~ /(a|a)*b/]", "$[?search(@.a, '(a|a)*b')]"])
def test_an_answer_is_not_searched_by_regular_expressions(path):
    assert at([{"a": "aab"}], path) is None


async def test_the_answer_is_read_beside_the_event_loop(office, monkeypatch):
    """A large answer must not keep other calls waiting."""
    read_in: list[str] = []
    real = json.loads

    def loads(text: str, **more: Any) -> Any:
        read_in.append(threading.current_thread().name)
        return real(text, **more)

    w = looking(office)
    await w.open()
    monkeypatch.setattr("calls.agent.pathway.looking_up.json.loads", loads)
    await w.say("On Friday.")
    assert read_in and threading.main_thread().name not in read_in


async def test_a_value_that_is_too_large_is_not_kept_and_said_to_be(office):
    office.answers["/slots"] = 200, {"slots": [{"at": "10:30", "free": True}], "where": {"city": {"houses": list(range(20_000))}}}
    w = looking(office)
    await w.open()
    await w.say("On Friday.")
    assert w.learnt["time"] == "10:30" and "place" not in w.learnt
    assert [n.message for n in w.notes("webhook") if n.level == "error"] == ["place was not kept: it is over 20,000 characters"]
