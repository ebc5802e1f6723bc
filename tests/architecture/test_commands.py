"""Commands of ours on a real command line: Django puts options of its own (--settings, …) into the same place as ours."""

from collections import Counter

import pytest
from django.core.management import get_commands, load_command_class

OURS = ("config", "calls", "analytics", "personas", "pathways")
COMMANDS = sorted((str(app), name) for name, app in get_commands().items() if app in OURS)


def test_there_are_some():
    assert ("calls", "runcalls") in COMMANDS


@pytest.mark.parametrize(("app", "name"), COMMANDS)
def test_no_argument_takes_the_place_of_another(app, name):
    parser = load_command_class(app, name).create_parser("manage.py", name)
    places = Counter(action.dest for action in parser._actions if action.dest != "help")
    assert [place for place, count in places.items() if count > 1] == []
