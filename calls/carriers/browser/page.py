"""The page that has a call, over all the sockets it comes with, and what each kind of leg makes of it."""

from collections.abc import Callable, Mapping
from typing import Protocol

from calls.carriers.browser.wire import FromPage

type ToPage = Mapping[str, object] | bytes
type Send = Callable[[ToPage], None]
type Over = Callable[[str, str], None]  # cause and by, as in calls.carriers.base.Ended


class Page:
    """At most one socket at a time holds a call. What is told while there is none is lost."""

    def __init__(self) -> None:
        self._send: Send | None = None

    @property
    def here(self) -> bool:
        return self._send is not None

    def tell(self, message: ToPage) -> None:
        if self._send is not None:
            self._send(message)

    def attach(self, send: Send) -> None:
        """A page is there, for the first time or again; the one before it is let go."""
        self.tell({"type": "elsewhere"})
        self._send = send

    def detach(self, send: Send) -> bool:
        """Its socket is gone; False when another page has the call by now."""
        if self._send is not send:
            return False
        self._send = None
        return True


class Side(Protocol):
    """A leg as the page sees it. `receive` gets nothing after the end."""

    def receive(self, message: FromPage) -> None: ...

    def back(self) -> None:
        """The page is there (again): it is told what goes on."""
        ...

    def away(self) -> None:
        """The page lost its socket; it may come back."""
        ...

    def gone(self) -> None:
        """It stayed away: that is hanging up."""
        ...
