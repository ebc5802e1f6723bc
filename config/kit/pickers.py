"""What an app has to choose from, for the forms of apps that may not import it.

The owner offers by name in its AppConfig.ready; a form asks by name and gets nothing where nobody offers.
Offered so far: "numbers", "pools" (value, label), "pathways" (uid, name) and "pathway-steps", see `calls.pickers`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from config.models import Account

type Options = Sequence[tuple[str, str]]
type Offer = Callable[..., Any]

_OFFERS: dict[str, Offer] = {}


@dataclass(frozen=True, slots=True)
class Steps:
    """What can be chosen of one pathway."""

    versions: Options = ()
    steps: Options = ()


def offer(name: str, give: Offer) -> None:
    """`give(account)` returns the options; "pathway-steps" takes the uids of pathways too and returns {uid: Steps}."""
    _OFFERS[name] = give


def options(name: str, account: Account) -> Options:
    give = _OFFERS.get(name)
    return list(give(account)) if give else []


def offered(name: str) -> bool:
    return name in _OFFERS


def steps(account: Account, uids: Sequence[str]) -> dict[str, Steps]:
    """Versions and steps of these pathways of the account; one that is not there is left out."""
    give = _OFFERS.get("pathway-steps")
    return dict(give(account, uids)) if give and uids else {}
