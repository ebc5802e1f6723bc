"""A persona in a real browser: made, changed, seen as callers will notice it, put into production, called with."""

import re

from calls.models import Call
from personas import versions
from personas.content import Content
from personas.models import Persona
from personas.versions import About
from tests.e2e.live import LiveCase

TASK = "You are Ana from Acme Dental. Confirm the appointment on Tuesday at 3pm. Ask whether they have insurance."


class PersonaTests(LiveCase):
    def test_from_nothing_to_a_call(self):
        self.sign_in("editor")
        self.open("/personas/")
        self.assert_accessible()
        self.page.get_by_role("link", name="Make the first persona").click()
        self.page.get_by_label("Name", exact=True).fill("Ana, reminders")
        self.page.get_by_label("Tags").fill("dental")
        self.page.get_by_role("radio", name="Clay").check(force=True)
        self.assert_accessible()
        self.page.get_by_role("button", name="Make the persona").click()
        self.page.get_by_role("heading", name="Ana, reminders").wait_for()

        notice = self.page.locator("#notice")
        notice.get_by_text("Nothing. The draft says what production says.").wait_for()
        assert not self.page.get_by_role("button", name="Put draft into production").is_visible(), "there is nothing to put"
        self.page.get_by_label("Task", exact=True).fill(TASK)
        self.page.locator("summary", has_text="Conversation").click()
        self.page.get_by_label("Pause before it answers").fill("700")
        self.page.locator("summary", has_text="Recording and sound").click()
        self.page.get_by_role("switch", name="Record the call").check(force=True)
        notice.get_by_text("3 changes").wait_for()
        notice.get_by_text("Waits 700 ms before it answers (was 500 ms).").wait_for()
        notice.get_by_text("Will record the call.").wait_for()
        self.page.get_by_text("Not saved yet", exact=True).wait_for()
        assert versions.draft_of(Persona.objects.get()).revision == 1, "nothing is saved by typing"
        self.assert_accessible()

        self.page.get_by_role("button", name="Put draft into production").click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_text("Will record the call.").wait_for()
        self.assert_accessible()
        dialog.get_by_role("button", name="Put into production").click()
        self.page.get_by_text("Version 3 is in production.").wait_for()
        self.page.get_by_role("link", name="History").click()
        self.page.get_by_role("heading", name="From version 1 to version 3").wait_for()
        self.assert_accessible()

        self.page.go_back()
        self.page.get_by_role("link", name="Rehearse draft").click()
        self.page.get_by_text("Its draft, to be rehearsed").wait_for()
        self.page.get_by_role("link", name="Take what is in production").click()
        self.page.get_by_text("In production: version 3").wait_for()
        self.page.get_by_label("Phone number").fill("+15005550006")
        assert self.page.get_by_label("Phone number").input_value() == "+15005550006"
        self.page.get_by_role("button", name="Rehearse this call").click()
        self.page.wait_for_url(re.compile(r"/calls/[0-9a-f-]{36}$"), timeout=15_000)
        settings = self.page.get_by_role("table", name="Settings of this call that are not standard, and their source")
        assert settings.get_by_text("from Ana, reminders, version 3").count() == 3
        call = Call.objects.get()
        assert (call.persona_version, call.config["interruption_threshold"], call.sources["record"]) == (3, 700, "persona")

    def test_two_editors_and_the_keyboard(self):
        made = versions.create(self.account, About("Walt, delivery windows"), Content({"task": TASK}))
        self.sign_in("editor")
        self.open(f"/personas/{made.uid}")
        task = self.page.get_by_label("Task", exact=True)
        task.focus()
        self.page.keyboard.press("Control+End")
        self.page.keyboard.type(" Say goodbye.")
        versions.edit(made, Content({"task": TASK, "record": True}), revision=1)  # a colleague, meanwhile
        self.page.get_by_role("button", name="Save draft").focus()
        self.page.keyboard.press("Enter")
        told = self.page.locator(".persona-stale")
        told.get_by_text("Will no longer record the call.").wait_for()
        assert told.evaluate("e => e === document.activeElement")
        assert task.input_value().endswith("Say goodbye.")
        self.assert_accessible()
        told.get_by_role("button", name="Save mine over theirs").focus()
        self.page.keyboard.press("Enter")
        self.page.get_by_text("Draft saved.").wait_for()
        assert versions.draft_of(made).config == {"task": f"{TASK} Say goodbye."}

        self.page.get_by_role("button", name="Throw away").focus()
        self.page.keyboard.press("Enter")
        self.page.get_by_role("dialog").get_by_role("button", name="Throw it away").click()
        self.page.get_by_text("Draft thrown away.").wait_for()
        assert versions.draft_of(made).config == {"task": TASK}

    def test_it_works_without_javascript(self):
        made = versions.create(self.account, About("Walt, delivery windows"), Content({"task": TASK}))
        self.sign_in("editor")
        context = self.page.context.browser.new_context(java_script_enabled=False, storage_state=self.page.context.storage_state())
        page = context.new_page()
        page.goto(f"{self.live_server_url}/personas/{made.uid}")
        page.get_by_label("Task", exact=True).fill("Say hello.")
        page.get_by_role("button", name="Save draft").click()
        page.get_by_text("changed in this draft").wait_for()
        assert versions.draft_of(made).config == {"task": "Say hello."}
        context.close()
