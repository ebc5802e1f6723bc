import re

import pytest

from calls.api.chapters import chapters
from calls.api.filters import FILTERS
from personas.parameters import PARAMETERS

ENDPOINTS = [endpoint for chapter in chapters() for endpoint in chapter.endpoints]


@pytest.fixture
def html(signed_in) -> str:
    response = signed_in("viewer").get("/docs/api")
    assert response.status_code == 200
    return response.content.decode()


def test_every_address_parameter_and_filter_stands_on_the_page(html):
    codes = set(re.findall(r"<code>([^<]+)</code>", html))
    assert {f"/v1{endpoint.path}" for endpoint in ENDPOINTS} <= codes
    assert {p.name for p in PARAMETERS} <= codes
    assert {f.name for f in FILTERS} <= codes
    for endpoint in ENDPOINTS:
        assert f'id="{endpoint.name}"' in html and f'href="#{endpoint.name}"' in html


def test_examples_can_be_pasted(html):
    assert "curl -X POST" in html
    assert "authorization: $KEY" in html
    assert "/v1/calls/CALL_ID/events" in html
    assert "{call_id}&#x27;" not in html


def test_no_inline_style_or_script(html):
    assert "style=" not in html
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)


def test_for_signed_in_members_only(client, db):
    assert client.get("/docs/api").status_code == 302


def test_no_query_beyond_those_of_every_page(signed_in, django_assert_max_num_queries):
    client = signed_in("viewer")
    with django_assert_max_num_queries(3):  # session, user, member
        client.get("/docs/api")
