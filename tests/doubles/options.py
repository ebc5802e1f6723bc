"""The smallest SIP peer: over UDP it answers every question with one status, as a trunk answers OPTIONS."""

import re
import socket
import threading
from types import TracebackType


class Options:
    """`port` of 127.0.0.1. `answer`: "200 OK", or "" for a peer that keeps silent. `asked` holds what it was asked."""

    def __init__(self, answer: str = "200 OK") -> None:
        self.answer, self.asked = answer, list[str]()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.1)
        self.port: int = self._socket.getsockname()[1]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "Options":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                asked, sender = self._socket.recvfrom(65_535)
            except TimeoutError:
                continue
            text = asked.decode()
            self.asked.append(text)
            if self.answer:
                kept = re.findall(r"^(?:Via|From|To|Call-ID|CSeq):.*$", text, re.MULTILINE | re.IGNORECASE)
                lines = [f"SIP/2.0 {self.answer}", *(line.strip() for line in kept), "Content-Length: 0", "", ""]
                self._socket.sendto("\r\n".join(lines).encode(), sender)
