"""The pages of the rail, in order. Only pages that exist stand here; what a role may not do is left out."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from config.models import Member, Role


@dataclass(frozen=True, slots=True)
class Entry:
    name: str  # of the URL
    icon: str
    word: str
    role: Role = Role.VIEWER
    group: str = "pages"  # pages, says, after, foot: the parts of the rail, from top to bottom
    on_phone: bool = True  # stands in the tab bar; else under More
    key: str = ""  # `g` then this letter


@dataclass(frozen=True, slots=True)
class Item:
    href: str
    icon: str
    word: str
    group: str
    on_phone: bool
    current: bool
    name: str
    key: str


ENTRIES = (
    Entry("home", "house", "Home", key="h"),
    Entry("send-call", "phone-outgoing", "Send call", Role.OPERATOR, key="n"),
    Entry("calls", "list", "Calls", key="c"),
    # group "says": personas, pathways, guard rails, in this order
    Entry("personas", "user-round-pen", "Personas", group="says", on_phone=False, key="p"),
    Entry("pathways", "route", "Pathways", group="says", on_phone=False, key="t"),
    Entry("guard-rails", "shield-check", "Guard rails", group="says", on_phone=False, key="r"),
    Entry("analytics", "chart-column", "Analytics", group="after", on_phone=False, key="a"),
    Entry("settings", "settings", "Settings", group="after", key="s"),
    Entry("design", "book-open", "Parts", Role.EDITOR, "foot", on_phone=False),
    Entry("api-docs", "code-xml", "API docs", group="foot", on_phone=False),
)


def items(request: HttpRequest, member: Member) -> list[Item]:
    """The entries this member may open; the one whose address begins the request's path most closely is the current one."""
    found: list[tuple[Entry, str]] = []
    for entry in ENTRIES:
        if not member.may(entry.role):
            continue
        try:
            found.append((entry, reverse(entry.name)))
        except NoReverseMatch:
            continue
    here = max((href for _, href in found if _begins(request.path, href)), key=len, default="")
    return [Item(href, e.icon, e.word, e.group, e.on_phone, href == here, e.name, e.key) for e, href in found]


def _begins(path: str, href: str) -> bool:
    return path == href or (href != "/" and path.startswith(href.rstrip("/") + "/"))
