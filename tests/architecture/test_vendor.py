"""Copied files are what they say they are."""

import hashlib
import tomllib

from django.conf import settings

VENDOR = settings.BASE_DIR / "static" / "vendor"
FILES = tomllib.loads((VENDOR / "VENDOR.toml").read_text())["file"]


def test_every_vendored_file_has_its_hash_and_licence():
    for entry in FILES:
        assert hashlib.sha256((VENDOR / entry["path"]).read_bytes()).hexdigest() == entry["sha256"], entry["path"]
        assert (VENDOR / entry["licence_file"]).read_text().strip()


def test_nothing_else_lies_in_vendor():
    known = {"VENDOR.toml"} | {entry["path"] for entry in FILES} | {entry["licence_file"] for entry in FILES}
    assert {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()} == known
