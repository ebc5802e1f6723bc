"""A spreadsheet runs nothing that stands in our files, and finds every letter in them."""

import csv as reader
import io
from decimal import Decimal

import pytest

from config.kit import csv


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "\t=1", "\r=1", "  =1", "\n=1"])
def test_formulas_become_text(text):
    assert csv.cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["+12025550111", "-3.5", "a=b", "", 12, -4, Decimal("0.5"), "Übergabe"])
def test_all_else_stays(value):
    assert csv.cell(value) == value


def test_what_is_read_back_is_what_was_written():
    rows = [["name", "n"], ['says "no", twice', 3], ["line\nbreak", None]]
    assert list(reader.reader(io.StringIO("".join(csv.lines(rows))))) == [["name", "n"], ['says "no", twice', "3"], ["line\nbreak", ""]]
