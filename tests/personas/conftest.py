"""A persona with something to say."""

import pytest

from personas import versions
from personas.content import Content
from personas.models import Persona
from personas.versions import About

TASK = "You are Walt from Front Range Freight. Ask whether the delivery suits."


@pytest.fixture
def persona(account) -> Persona:
    return versions.create(
        account, About("Walt, delivery windows", "Dispatcher", "Agrees delivery windows.", ["freight"]), Content({"task": TASK})
    )
