"""What the content policy would refuse never gets into a template; templates are tidy; foreign keys point down the layers."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse

from config.kit import nav

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
SCRIPTS = sorted((settings.BASE_DIR / "static" / "js").rglob("*.js"))
STYLES = sorted((settings.BASE_DIR / "static" / "css").rglob("*.css"))
NAMES = [str(path.relative_to(settings.BASE_DIR)) for path in TEMPLATES]
FORBIDDEN = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "a style element": re.compile(r"<style\b", re.I),
    "a script without src": re.compile(r"<script(?![^>]*\bsrc=)", re.I),
    "an event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "hx-on, which needs eval": re.compile(r"\bhx-on[:-]", re.I),
    "a javascript: address": re.compile(r"javascript:", re.I),
    "something from elsewhere": re.compile(r"""(?:src|href)=["'](?:https?:)?//""", re.I),
    "the filter safe": re.compile(r"\|\s*safe\b"),
    "autoescape switched off": re.compile(r"autoescape\s+off"),
}
# rank: an app may point at what has a lower or the same rank
RANK = {"contenttypes": 0, "auth": 0, "sessions": 0, "config": 1, "personas": 2, "pathways": 2, "calls": 3, "analytics": 4}


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_nothing_that_the_content_policy_refuses(path: Path):
    text = path.read_text()
    assert not [what for what, pattern in FORBIDDEN.items() if pattern.search(text)]


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_every_template_is_well_formed(path: Path):
    get_template(str(path.relative_to(settings.BASE_DIR / "templates")))


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_every_icon_exists(path: Path):
    symbols = set(re.findall(r'symbol id="([^"]+)"', (settings.BASE_DIR / "static/icons.svg").read_text()))
    assert set(re.findall(r'{% icon "([^"]+)"', path.read_text())) <= symbols


def test_templates_are_tidy():
    program = shutil.which("djade", path=str(Path(sys.executable).parent)) or shutil.which("djade")
    assert program, "djade is part of the development lock"
    done = subprocess.run([program, "--target-version", "6.1", "--check", *map(str, TEMPLATES)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr + done.stdout


def test_scripts_use_nothing_that_needs_eval():
    for path in SCRIPTS:
        assert not re.search(r"\beval\(|new Function\(|setTimeout\(\s*[\"']", path.read_text()), path


def test_style_sheets_load_nothing_from_elsewhere():
    for path in STYLES:
        assert "//" not in re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S), path


def test_every_style_sheet_is_part_of_the_one_that_pages_link():
    root = settings.BASE_DIR / "static" / "css"
    linked = set(re.findall(r'@import url\("([^"]+)"\) layer\(', (root / "parley.css").read_text()))
    assert linked | {"parley.css"} == {str(path.relative_to(root)) for path in STYLES}


def test_every_entry_of_the_rail_exists():
    for entry in nav.ENTRIES:
        assert reverse(entry.name)


def test_foreign_keys_point_down_the_layers():
    wrong = []
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if field.is_relation and not field.auto_created and field.related_model and field.related_model != "self":
                mine, theirs = model._meta.app_label, field.related_model._meta.app_label
                same_layer = {mine, theirs} == {"personas", "pathways"}
                if RANK[theirs] > RANK[mine] or same_layer:
                    wrong.append(f"{model.__name__}.{field.name} → {theirs}")
    assert not wrong
