"""Send call in a real browser: the page answers while one types, nothing is lost when something is wrong, Undo calls it off."""

from datetime import time

from playwright.sync_api import expect

from calls import lines
from calls.models import Call, CallingRules, Line, Number
from personas.models import Persona, PersonaVersion
from tests.e2e.live import LiveCase


class SendCallTests(LiveCase):
    def test_type_undo_and_send_again(self):
        self.sign_in("operator")
        self.open("/calls/new")
        self.page.get_by_label("Phone number").fill("+17205550163")
        self.page.get_by_text("Denver time").wait_for()
        self.page.get_by_label("Task", exact=True).fill("You are Rosa from Acme Dental. Ask whether they like tea.")
        self.page.locator("#reading").get_by_role("listitem").filter(has_text="Do you like tea?").wait_for()

        self.page.get_by_role("button", name="Rehearse this call").click()
        self.page.get_by_text("Calling in").wait_for()
        undo = self.page.get_by_role("button", name="Undo")
        assert undo.evaluate("e => e === document.activeElement")
        undo.click()
        self.page.get_by_text("Called off. Nobody was dialled.").wait_for()
        assert self.page.get_by_label("Phone number").input_value() == "+17205550163"
        assert Call.objects.get().status == "canceled"

        self.page.get_by_label("Phone number").fill("+12125550100")
        self.page.get_by_role("button", name="Rehearse this call").dblclick()
        self.page.wait_for_url("**/calls/*-*", timeout=15_000)
        assert Call.objects.count() == 2

    def test_what_is_wrong_stands_beside_the_fields_and_is_announced(self):
        self.sign_in("operator")
        self.open("/calls/new")
        self.page.get_by_label("Phone number").fill("+1720555016")
        self.page.locator("summary", has_text="Conversation").click()
        self.page.get_by_label("Longest call").fill("long")
        self.page.get_by_role("button", name="Rehearse this call").click()
        summary = self.page.locator(".error-summary")
        summary.wait_for()
        assert summary.evaluate("e => e === document.activeElement")
        assert "2 things to put right" in summary.inner_text()
        assert self.page.get_by_label("Longest call").input_value() == "long"
        assert self.page.get_by_label("Longest call").get_attribute("aria-invalid") == "true"
        self.page.get_by_label("Longest call").wait_for(state="visible")  # its group is open
        self.assert_accessible()
        assert Call.objects.count() == 0

    def test_a_persona_brings_its_values_and_a_pretend_callee_its_number(self):
        persona = Persona.objects.create(account=self.account, name="Walt, delivery windows")
        config = {"task": "You are Walt from Front Range Freight. Ask {{name}} whether the delivery suits.", "max_duration": 12}
        PersonaVersion.objects.create(persona=persona, number=3, state="production", config=config)
        self.sign_in("operator")
        self.open("/calls/new")
        self.page.get_by_role("radio", name="A persona").check(force=True)
        self.page.get_by_label("Persona", exact=True).select_option(label="Walt, delivery windows")
        self.page.get_by_text("In production: version 3").wait_for()
        assert self.page.get_by_label("Task", exact=True).input_value().startswith("You are Walt")
        self.page.get_by_label("name", exact=True).fill("Tom Reyes")
        self.page.get_by_role("button", name="Pretend callees").click()
        self.page.get_by_role("button", name="voicemail with a beep").click()
        assert self.page.get_by_label("Phone number").input_value() == "+15005550003"
        self.page.get_by_role("button", name="Same request as curl").click()
        self.page.get_by_text('"persona_id"').wait_for()
        self.page.keyboard.press("Escape")
        self.assert_accessible()

    def test_with_a_line_the_way_out_is_said_and_a_rehearsal_rings_nobody(self):
        line = lines.save(Line(account=self.account, kind="sip", name="Office trunk", settings={"host": "127.0.0.1"}))
        Number.objects.create(account=self.account, number="+12025550111", line=line)
        CallingRules.objects.filter(account=self.account).update(open_from=time(0), open_until=time(23, 59, 59))
        self.sign_in("operator")
        self.open("/calls/new")
        route = self.page.locator("#route")
        expect(route).to_have_text("None: a pretend callee answers")
        self.page.get_by_label("Phone number").fill("+17205550163")
        expect(route).to_have_text("Office trunk, from +1 202 555 0111")
        self.assert_accessible()
        self.page.get_by_role("button", name="Call", exact=True).click()
        expect(self.page.get_by_text("over Office trunk, from +1 202 555 0111")).to_be_visible()
        self.page.get_by_role("button", name="Undo").click()
        self.page.get_by_text("Called off. Nobody was dialled.").wait_for()
        self.page.get_by_label("Phone number").fill("+12125550100")
        self.page.get_by_role("button", name="Rehearse this call").click()
        expect(self.page.get_by_text("A pretend callee answers. Nobody’s phone rings.")).to_be_visible()
        assert list(Call.objects.order_by("pk").values_list("carrier", flat=True)) == ["sip", "simulated"]

    def test_it_works_without_javascript(self):
        member = self.sign_in("operator")
        context = self.page.context.browser.new_context(java_script_enabled=False, storage_state=self.page.context.storage_state())
        page = context.new_page()
        page.goto(self.live_server_url + "/calls/new")
        page.get_by_role("button", name="Rehearse this call").click()
        page.wait_for_url("**/calls/*-*")
        assert Call.objects.get().created_by == member.user
        context.close()
