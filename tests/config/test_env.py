"""Settings: one table, typed, refused with a sentence."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env

ROOT = Path(__file__).resolve().parents[2]


def test_every_variable_is_documented_and_nothing_else():
    rows = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/settings.md").read_text(), re.M)
    assert rows == list(env.VARIABLES)


def test_every_variable_is_read_by_the_settings():
    source = (ROOT / "config/settings.py").read_text() + (ROOT / "config/env.py").read_text()
    assert [name for name in env.VARIABLES if f'read("{name}")' not in source] == []


@pytest.mark.parametrize(("name", "value"), [("PORT", "many"), ("SIM_SPEED", "fast"), ("PRICE_PER_MINUTE", "cheap"), ("DEBUG", "perhaps")])
def test_a_wrong_value_is_refused_by_name(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=name):
        env.read(name)


def test_a_secret_may_come_from_a_file(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("from a file\n")
    monkeypatch.setenv("MODEL_API_KEY_FILE", str(tmp_path / "key"))
    assert env.read("MODEL_API_KEY") == "from a file"
    monkeypatch.setenv("MODEL_API_KEY_FILE", str(tmp_path / "absent"))
    with pytest.raises(ImproperlyConfigured, match="MODEL_API_KEY"):
        env.read("MODEL_API_KEY")


def test_the_installation_makes_its_own_secret_once(monkeypatch, tmp_path):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    made = env.secret_key(tmp_path / "data")
    assert len(made) > 40
    assert env.secret_key(tmp_path / "data") == made
    assert (tmp_path / "data/secret-key").stat().st_mode & 0o777 == 0o600


def test_an_unwritable_data_folder_is_one_clear_sentence(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(blocked), "SECRET_KEY": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert done.stderr.strip().startswith(f"parley: DATA_DIR {blocked} cannot be written")
    assert len(done.stderr.strip().splitlines()) == 1
