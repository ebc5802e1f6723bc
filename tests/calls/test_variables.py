from datetime import UTC, datetime

import pytest

from calls.variables import built_in, fill, national

AT = datetime(2024, 4, 27, 23, 51, 25, tzinfo=UTC)


def test_built_in_variables_are_worded_as_the_reference_words_them():
    found = built_in(
        call_id="c", to="+14155550142", caller_id="+442079460000", at=AT, timezone="America/Chicago", country="US", language="babel-en"
    )
    assert found["now"] == "Sat Apr 27 2024 18:51:25 GMT-0500 (CDT)"
    assert found["now_utc"] == "Sat, 27 Apr 2024 23:51:25 GMT"
    assert (found["short_to"], found["short_from"]) == ("4155550142", "2079460000")
    assert found["phone_number"] == found["to"] == "+14155550142"
    assert found["city"] is None


@pytest.mark.parametrize(("number", "expected"), [("+15005550006", "5005550006"), ("", ""), ("+1", "1")])
def test_national(number, expected):
    assert national(number) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello {{name}}", "Hello Ada"),
        ("Hello {{ NAME }}!", "Hello Ada!"),
        ("{{order.Items.0.sku}}", "A-1"),
        ("{{order.items.7.sku}} {{who}}", "{{order.items.7.sku}} {{who}}"),
        ("{{vip}} {{count}} {{order.items}}", 'true 3 [{"sku": "A-1"}]'),
        ("{{first name}} {name}", "Ada L {name}"),
        ("{{city}}", "{{city}}"),
        ("{{trick}}", "{{name}}"),
    ],
)
def test_fill(text, expected):
    variables = {
        "Name": "Ada",
        "first name": "Ada L",
        "order": {"items": [{"sku": "A-1"}]},
        "vip": True,
        "count": 3,
        "city": None,
        "trick": "{{name}}",
    }
    assert fill(text, variables) == expected
