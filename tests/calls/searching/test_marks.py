"""The lines that a search shows: the right ones, whole or cut, and never anything but text."""

import pytest
from django.urls import reverse

from calls.searching import marks
from calls.searching.marks import Part, parts
from tests.calls.searching.test_finding import spoken

pytestmark = pytest.mark.django_db


def test_up_to_three_lines_those_first_that_say_another_word(account):
    call = spoken(account, "Yes.", "Yes, yes.", "No.", "Yes!", "Is parking free?", name="Ada Park")
    (lines,) = marks.marked([call], "yes parking").values()
    assert [(line.seq, line.who) for line in lines] == [(0, "Ada"), (1, "Agent"), (4, "Ada")]
    assert lines[1].parts == (Part("Yes", True), Part(", ", False), Part("yes", True), Part(".", False))
    assert marks.marked([call], "nothing") == {call.pk: []}
    assert marks.marked([call], "!!") == marks.marked([], "yes") == {}


def test_a_long_line_is_cut_around_its_first_mark():
    text = "word " * 60 + "needle " + "more " * 60
    at = text.index("needle")
    cut = list(parts(text, [(at, at + 6)]))
    assert cut[0] == Part("… ", False) and cut[-1] == Part(" …", False)
    assert Part("needle", True) in cut
    assert sum(len(part.text) for part in cut) <= marks.LONGEST + 4


def test_marks_that_overlap_are_one(account):
    assert list(parts("to be or", [(0, 5), (3, 5), (3, 8)])) == [Part("to be", True), Part(" or", True)]


def test_the_page_shows_what_was_said_as_text(signed_in, account):
    call = spoken(account, "<b>Insurance</b> & <script>alert(1)</script>", "Which insurance?", name="Ada Park")
    html = signed_in("viewer").get(reverse("calls") + "?q=insurance").content.decode()
    assert '&lt;b&gt;<mark class="mark">Insurance</mark>&lt;/b&gt; &amp; &lt;script&gt;' in html
    assert f'href="{reverse("call", args=[call.uid])}#line-0"' in html
    assert "<script>alert" not in html
    partial = signed_in("viewer").get(reverse("calls") + "?q=%22%3Cb%3Einsur", headers={"HX-Request": "true"}).content.decode()
    assert '<mark class="mark">b&gt;Insurance</mark>' in partial and "<html" not in partial
