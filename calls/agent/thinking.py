"""One reply of an agent in the making: it thinks in a task of its own, so the line is heard meanwhile."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field

from calls.agent.guarding import Guarded, Withheld
from calls.agent.ports import Action, EndCall, Note, Say, Turn

log = logging.getLogger(__name__)
AGENT_SECONDS = 30  # longer than a model's time-out and its second try, and than one web address is asked
ASKED = frozenset({"webhook", "tool"})  # notes that a web address was asked: several steps may ask one after the other


@dataclass(slots=True)
class Thought:
    """`actions` not yet done. `first_ms`: thinking time until the first sentence. `error`: why no more will come."""

    turn: Turn
    heard_end_ms: int | None = None  # end of the words this answers
    stt_ms: int = 0  # what their recognition took
    actions: deque[Action | Withheld] = field(default_factory=deque)
    done: bool = False
    error: str = ""
    first_ms: int | None = None
    spoke: bool = False
    held: bool = False  # the leg's clock stands still for it
    task: asyncio.Task[None] | None = None

    def start(self, agent: Guarded, tell: Callable[[], None]) -> None:
        """Begins to think; `tell` is called whenever there is something new."""
        self.task = asyncio.create_task(self._think(agent, tell))

    @property
    def leaving(self) -> bool:
        """It is about to end the call."""
        return any(isinstance(a, EndCall) for a in self.actions)

    def drop(self) -> None:
        self.actions.clear()
        self.done = True
        if self.task is not None:
            self.task.cancel()

    async def _think(self, agent: Guarded, tell: Callable[[], None]) -> None:
        began = time.monotonic()
        stream: AsyncGenerator[Action | Withheld] | None = None
        try:
            stream = agent.reply(self.turn)
            async with asyncio.timeout(AGENT_SECONDS) as limit:
                async for action in stream:
                    if self.first_ms is None and isinstance(action, Say):
                        self.first_ms = round((time.monotonic() - began) * 1000)
                    if isinstance(action, Note) and action.kind in ASKED:
                        limit.reschedule(asyncio.get_running_loop().time() + AGENT_SECONDS)
                    self.actions.append(action)
                    tell()
        except TimeoutError:
            self.error = f"no answer within {AGENT_SECONDS} s"
            log.warning("the agent did not answer in time")
        except Exception as error:
            self.error = f"{type(error).__name__}: {error}"[:300]
            log.exception("the agent failed")
        finally:
            self.done = True
            tell()
            if stream is not None:
                await stream.aclose()
