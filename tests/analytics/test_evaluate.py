"""manage.py evaluate: figures on one line, the wrong ones after it, clear words about a bad file."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

GOOD = {"tags": [], "transcript": [{"user": "user", "text": "stop calling me"}], "best": "DO_NOT_CONTACT", "acceptable": []}


def evaluate(tmp_path, content, *options) -> str:
    file = tmp_path / "cases.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    out = StringIO()
    call_command("evaluate", "dispositions", str(file), *options, stdout=out)
    return out.getvalue()


def test_figures_and_the_wrong_ones(tmp_path):
    wrong = {**GOOD, "best": "INTERESTED"}
    first, *rest = evaluate(tmp_path, [GOOD, wrong, wrong], "--limit", "1").splitlines()
    assert first == "dispositions: 3 cases, right 33.3%, best 33.3%, quote exists 100.0%"
    assert rest[0].startswith("  2: DO_NOT_CONTACT, not INTERESTED")
    assert rest[1] == "  … and 1 more"


@pytest.mark.parametrize("content", ["{", "{}", [{"transcript": []}], ["text"]])
def test_a_bad_file_is_refused_in_words(tmp_path, content):
    with pytest.raises(CommandError, match=r"cases\.json"):
        evaluate(tmp_path, content)


def test_a_missing_file(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("evaluate", "dispositions", str(tmp_path / "none.json"))
