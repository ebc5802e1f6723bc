"""The editor of pathways in a browser: a pathway from nothing by mouse and by keyboard, two who edit at once, phones, axe, the lines."""

import re

from playwright.sync_api import Page, expect

from pathways import making
from pathways.graph import Graph, load
from pathways.models import PathwayVersion
from tests.e2e.live import LiveCase
from tests.pathways.test_layout import large


class EditorCase(LiveCase):
    def start(self, graph: dict | None = None) -> PathwayVersion:
        self.version = making.create(self.account, "Reminder", graph=graph or {"nodes": [], "edges": []})
        self.member = self.sign_in("editor")
        self.open(f"/pathways/{self.version.pathway.uid}")
        self.page.locator("pathway-canvas[data-ready]").wait_for(state="attached")
        return self.version

    def graph(self) -> Graph:
        return load(PathwayVersion.objects.get(pk=self.version.pk).graph)

    def at_rest(self, page: Page | None = None) -> None:
        """Everything is saved."""
        page = page or self.page
        page.wait_for_function("() => { const e = document.querySelector('pathway-editor'); return !e.store.busy && !e.forms.dirty; }")

    def node(self, name: str):
        return self.page.locator(".node").filter(has=self.page.locator(".node-name", has_text=name))

    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.name"))

    def shape(self) -> tuple[dict[str, str], set[tuple[str, str, str]]]:
        """Names with their kinds, and the ways between names with their labels."""
        view = self.graph()
        names = {node.id: node.name for node in view.nodes}
        return {node.name: node.type for node in view.nodes}, {(names[e.source], names[e.target], e.label) for e in view.edges}


FOUR = {"Greeting": "Default", "Reason": "Default", "Hand over": "Transfer Call", "Goodbye": "End Call"}
WAYS = {("Greeting", "Reason", ""), ("Reason", "Goodbye", "fine"), ("Reason", "Hand over", "upset")}


class BuildingTests(EditorCase):
    def test_a_pathway_of_four_steps_from_nothing_by_mouse(self):
        self.start()
        page, side = self.page, self.page.locator("#pw-panel")
        page.set_viewport_size({"width": 1400, "height": 1000})
        page.get_by_role("button", name="Add the first step").click()
        page.get_by_role("menuitem", name=re.compile("^Say ")).click()
        side.get_by_label("Name", exact=True).fill("Greeting")
        side.get_by_label("What to say here").fill("Say hello.")
        page.get_by_role("button", name="Add: Say").click()
        expect(page.locator(".node")).to_have_count(2)
        side.get_by_label("Name", exact=True).fill("Reason")
        side.get_by_label("What to say here").fill("Say why you call.")
        self.at_rest()
        page.get_by_role("button", name="Show all").click()
        self.drag(self.node("Greeting").locator(".node-port"), self.node("Reason"))  # connected by the handle
        self.at_rest()

        # from the handle into the open: a new step there, connected
        reason = self.node("Reason").bounding_box()
        assert reason
        self.node("Reason").hover()
        port = self.node("Reason").locator(".node-port").bounding_box()
        assert port
        page.mouse.move(port["x"] + 3, port["y"] + 3)
        page.mouse.down()
        page.mouse.move(reason["x"] + 40, reason["y"] + 190, steps=5)
        page.mouse.up()
        page.get_by_role("menuitem", name=re.compile("^End ")).click()
        expect(page.locator(".node")).to_have_count(3)
        self.at_rest()

        # in the form: a way on to a step that is there
        page.get_by_role("button", name="Add: Hand over").click()
        side.get_by_label("Number to hand over to").fill("+17205550142")
        self.at_rest()
        self.node("Reason").click()
        expect(side.get_by_role("heading", name="Reason")).to_be_visible()
        side.get_by_label("Leads to").select_option(label="Hand over")
        side.get_by_role("button", name="Add a way on").click()
        side.get_by_label("Short name").fill("upset")
        side.get_by_label("What they might say").fill("this is outrageous\nI am angry")
        self.at_rest()
        page.locator(".edge", has=page.locator(".edge-line")).filter(has_not=page.locator(".edge-label")).first.wait_for(state="attached")
        self.node("Reason").click()
        side.get_by_role("list").get_by_role("link", name="Always").click()
        side.get_by_label("Short name").fill("fine")
        self.at_rest()

        assert self.shape() == (FOUR, WAYS)
        assert {e.label: e.examples for e in self.graph().edges}["upset"] == ("this is outrageous", "I am angry")
        assert self.graph().start and self.graph().start.name == "Greeting"
        self.moved_and_undone()
        self.assert_accessible()

    def drag(self, source, target) -> None:
        """With the button held, as a hand does it."""
        source.locator("xpath=..").hover()
        a, b = source.bounding_box(), target.bounding_box()
        assert a and b
        self.page.mouse.move(a["x"] + a["width"] / 2, a["y"] + a["height"] / 2)
        self.page.mouse.down()
        self.page.mouse.move(b["x"] + b["width"] / 2, b["y"] + b["height"] / 2, steps=6)
        self.page.mouse.up()

    def moved_and_undone(self) -> None:
        before = self.graph()
        box = self.node("Goodbye").bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + 60, y + 30, steps=4)
        self.page.mouse.up()
        self.at_rest()
        assert self.graph() != before
        self.page.get_by_role("button", name="Undo").click()
        self.at_rest()
        assert self.graph() == before
        self.page.get_by_role("button", name="Redo").click()
        self.at_rest()
        assert self.graph() != before
        self.page.keyboard.press("Control+z")
        self.at_rest()
        assert self.graph() == before

    def test_the_same_by_keyboard_alone(self):
        self.start()
        press, page = self.page.keyboard.press, self.page
        page.locator("pathway-canvas").focus()
        press("n")
        press("Enter")  # the first entry: say something
        expect(page.locator(".node")).to_have_count(1)
        self.at_rest()
        assert self.focused().startswith("Say: Say something, start")
        self.named("Greeting", "Say hello.")
        press("n")
        press("Enter")
        expect(page.locator(".node")).to_have_count(2)
        self.at_rest()
        self.named("Reason", "Say why you call.")
        press("n")
        for _ in range(3):
            press("e")  # a letter leads to the entries that begin with it
        press("Enter")
        expect(page.locator(".node")).to_have_count(3)
        self.at_rest()
        press("Escape")  # nothing chosen: the next step is not connected
        press("n")
        press("h")
        press("Enter")
        expect(page.locator(".node")).to_have_count(4)
        self.at_rest()
        press("Enter")
        expect(page.locator("#pw-panel").get_by_label("Name", exact=True)).to_be_focused()
        press("Tab")
        page.keyboard.type("+17205550142")
        press("Escape")
        self.at_rest()

        # C, then the arrows to where it leads
        page.evaluate("document.querySelector('pathway-canvas').focusStep(document.querySelector('.node:nth-child(2)').dataset.id)")
        assert "Reason" in self.focused()
        press("c")
        for _ in range(4):
            if "Hand over" in self.focused():
                break
            press("ArrowRight")
        assert "Hand over" in self.focused()
        press("Enter")
        expect(page.locator("#pw-panel").get_by_label("Short name")).to_be_focused()
        page.keyboard.type("upset")
        press("Escape")
        self.at_rest()
        assert "Reason" in self.focused()
        page.locator("#pw-panel").get_by_role("link", name="Always").focus()
        press("Enter")
        expect(page.locator("#pw-panel").get_by_label("Short name")).to_be_focused()
        page.keyboard.type("fine")
        press("Escape")
        self.at_rest()
        assert self.shape() == (FOUR, WAYS)
        self.keys_move_remove_and_start()

    def named(self, name: str, words: str) -> None:
        """Enter edits, Escape leads back to the step."""
        press = self.page.keyboard.press
        press("Enter")
        expect(self.page.locator("#pw-panel").get_by_label("Name", exact=True)).to_be_focused()
        self.page.keyboard.type(name)
        press("Tab")
        press("Tab")
        self.page.keyboard.type(words)
        press("Escape")
        self.at_rest()
        assert name in self.focused()

    def keys_move_remove_and_start(self) -> None:
        press = self.page.keyboard.press
        self.node("Goodbye").focus()
        before = self.graph()
        goodbye = next(node for node in before.nodes if node.name == "Goodbye")
        press("ArrowRight")
        press("ArrowRight")
        press("ArrowDown")
        self.page.wait_for_timeout(500)
        self.at_rest()
        moved = self.graph().by_id[goodbye.id]
        assert (moved.x, moved.y) == (goodbye.x + 24, goodbye.y + 12)
        press("Control+z")
        self.at_rest()
        assert self.graph() == before, "the three steps of the arrows are one undo"
        press("Delete")
        expect(self.page.locator(".node")).to_have_count(3)
        self.at_rest()
        assert self.page.evaluate("document.activeElement.classList.contains('node')"), "the keyboard is at another step"
        press("Control+z")
        expect(self.page.locator(".node")).to_have_count(4)
        self.at_rest()
        self.node("Reason").focus()
        press("s")
        expect(self.node("Reason").locator(".node-tag")).to_contain_text("Start")
        self.at_rest()
        assert self.graph().start.name == "Reason"
        press("Control+c")
        press("Control+v")
        expect(self.page.locator(".node")).to_have_count(5)
        self.at_rest()
        assert sorted(node.name for node in self.graph().nodes).count("Reason") == 2


def two(name: str = "One") -> dict:
    return {
        "nodes": [
            {"id": "a", "type": "Default", "position": {"x": 0, "y": 0}, "data": {"name": name, "isStart": True, "prompt": "Hello"}},
            {"id": "b", "type": "End Call", "position": {"x": 0, "y": 160}, "data": {"name": "Bye", "prompt": "Bye"}},
        ],
        "edges": [{"id": "w", "source": "a", "target": "b", "data": {"label": "yes"}}],
    }


class TogetherTests(EditorCase):
    """Ours is the page of the test; theirs is another browser."""

    def theirs(self) -> None:
        """They rename a step."""
        context = self.page.context.browser.new_context(storage_state=self.page.context.storage_state())
        page = context.new_page()
        page.goto(f"{self.live_server_url}/pathways/{self.version.pathway.uid}?step=a")
        page.locator("#pw-panel").get_by_label("Name", exact=True).fill("Theirs")
        page.locator("#pw-panel").get_by_label("Name", exact=True).blur()
        self.at_rest(page)
        context.close()

    def second(self) -> None:
        """They rename a step while its form is open here; we change its words."""
        self.start(two())
        self.node("One").click()
        words = self.page.locator("#pw-panel").get_by_label("What to say here")
        expect(words).to_have_value("Hello")
        self.theirs()
        words.fill("Ours, at length")
        words.blur()
        expect(self.page.get_by_role("dialog", name="You, in another window, saved this draft")).to_be_visible()

    def test_who_had_nothing_open_goes_on_from_theirs(self):
        self.start(two())
        self.theirs()
        self.node("One").click()
        expect(self.node("Theirs")).to_be_visible()
        expect(self.page.get_by_text("Somebody else saved this draft meanwhile")).to_be_visible()
        self.page.locator("#pw-panel").get_by_label("What to say here").fill("More")
        self.page.keyboard.press("Tab")
        self.at_rest()
        assert (self.graph().by_id["a"].name, self.graph().by_id["a"].prompt) == ("Theirs", "More")

    def test_keep_mine_over_theirs_and_undo_brings_theirs(self):
        self.second()
        self.page.get_by_role("button", name="Keep mine over theirs").click()
        self.at_rest()
        assert (self.graph().by_id["a"].name, self.graph().by_id["a"].prompt) == ("One", "Ours, at length")
        self.page.get_by_role("button", name="Undo").click()
        self.at_rest()
        assert (self.graph().by_id["a"].name, self.graph().by_id["a"].prompt) == ("Theirs", "Hello")

    def test_see_theirs_and_undo_brings_mine(self):
        self.second()
        self.page.get_by_role("button", name="See theirs").click()
        expect(self.node("Theirs")).to_be_visible()
        self.at_rest()
        assert self.graph().by_id["a"].name == "Theirs"
        self.page.get_by_role("button", name="Undo").click()
        expect(self.node("One")).to_be_visible()
        self.at_rest()
        assert self.graph().by_id["a"].prompt == "Ours, at length"

    def test_keep_mine_as_a_new_version(self):
        self.second()
        self.assert_accessible()
        self.page.get_by_role("button", name="Keep mine as a new version").click()
        self.page.wait_for_url("**?v=2")
        new = load(PathwayVersion.objects.get(pathway=self.version.pathway, number=2).graph)
        assert new.by_id["a"].prompt == "Ours, at length" and self.graph().by_id["a"].name == "Theirs"


class LookingTests(EditorCase):
    def test_the_lines_of_the_browser_are_those_of_the_server(self):
        view = large(40)
        nodes = [{"id": n.id, "type": "Default", "data": {"name": f"Step {n.id}", "isStart": n.is_start}} for n in view.nodes]
        ways = [{"id": f"w{i}", "source": e.source, "target": e.target, "data": {"label": f"{i}"}} for i, e in enumerate(view.edges)]
        ways += [{"id": "back", "source": "1", "target": "0", "data": {"label": "b"}}, {"id": "self", "source": "2", "target": "2"}]
        self.start({"nodes": nodes, "edges": ways})
        read = "[...document.querySelectorAll('.edge')].map((e) => e.innerHTML)"
        before = self.page.evaluate(read)
        assert len(before) == len(ways)
        self.page.evaluate(
            "() => { const p = document.querySelector('pathway-canvas').picture; for (const e of p.edges.values()) p.draw(e); }"
        )
        assert self.page.evaluate(read) == before
        expect(self.page.locator(".pw-mini")).not_to_be_visible()  # all is in sight
        self.page.get_by_role("button", name="Full size").click()
        expect(self.page.locator(".pw-mini")).to_be_visible()
        self.page.locator(".pw-mini").click(position={"x": 84, "y": 6})
        expect(self.node("Step 0")).to_be_in_viewport()

    def test_problems_lead_to_their_step_and_publishing_waits_for_them(self):
        graph = two()
        graph["nodes"][1]["data"]["prompt"] = graph["nodes"][0]["data"]["prompt"] = ""
        self.start(graph)
        expect(self.page.get_by_text("1 problem to put right first")).to_be_visible()
        self.page.locator("#pw-problems").get_by_role("link", name="“One” has neither").click()
        expect(self.node("One")).to_be_focused()
        panel = self.page.locator("#pw-panel")
        panel.get_by_label("What to say here").fill("Hello")
        panel.get_by_label("What to say here").blur()
        expect(self.page.locator("[data-publish]")).to_be_visible()
        self.assert_accessible()

    def test_on_a_phone_the_steps_are_a_list_with_the_same_forms(self):
        self.page.set_viewport_size({"width": 390, "height": 844})
        self.start(two())
        expect(self.page.locator("pathway-canvas")).not_to_be_visible()
        self.page.locator(".pw-list").get_by_role("link", name="One").click()
        field = self.page.locator("#pw-panel").get_by_label("Name", exact=True)
        expect(field).to_be_focused()
        field.fill("Renamed")
        field.blur()
        expect(self.page.locator(".pw-list")).to_contain_text("Renamed")
        self.at_rest()
        self.page.locator(".pw-list").get_by_label("Kind of step").select_option("SMS")
        self.page.get_by_role("button", name="Add a step").click()
        expect(self.page.locator("#pw-panel").get_by_label("Text message")).to_be_visible()
        self.at_rest()
        assert {node.name for node in self.graph().nodes} == {"Renamed", "Bye", "Send a text"}
        assert self.page.evaluate("document.documentElement.scrollWidth") <= 390
        self.assert_accessible()

    def test_it_works_without_javascript(self):
        version = self.start(two())
        context = self.page.context.browser.new_context(java_script_enabled=False, storage_state=self.page.context.storage_state())
        page = context.new_page()
        page.goto(f"{self.live_server_url}/pathways/{version.pathway.uid}?step=a")
        page.locator("#pw-panel").get_by_label("Name", exact=True).fill("Plain")
        page.get_by_role("button", name="Save").click()
        page.locator("#pw-panel").get_by_label("Leads to").select_option(label="Bye")
        page.get_by_role("button", name="Add a way on").click()
        page.get_by_role("button", name="Add a step").click()
        assert page.locator("#nd-h").inner_text() == "Say something"
        context.close()
        assert self.graph().by_id["a"].name == "Plain" and len(self.graph().nodes) == 3 and len(self.graph().edges) == 2

    def test_the_trial_conversation_lights_up_its_route(self):
        version = making.create(self.account, "Reminder", graph=two())
        self.sign_in("admin")
        self.open(f"/pathways/{version.pathway.uid}")
        self.page.locator("pathway-chat").get_by_role("button", name="Start").click()
        expect(self.node("One")).to_have_attribute("data-now", "")
        self.page.get_by_label("Your answer").fill("yes")
        self.page.keyboard.press("Enter")
        expect(self.node("Bye")).to_have_attribute("data-now", "")
        expect(self.page.locator(".edge[data-way=w]")).to_have_attribute("data-lit", "")
        self.assert_accessible()
