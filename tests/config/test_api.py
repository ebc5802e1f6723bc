"""The shared part of /v1: keys, methods, errors."""

import json
import logging
from datetime import timedelta

import pytest
from django.http import Http404, JsonResponse
from django.test import Client
from django.urls import path
from django.utils.timezone import now

from config.kit.api import ApiError, api, by_method, json_body, nothing_here, parse_json
from config.models import ApiKey
from config.urls import handler403, handler404, handler500  # noqa: F401


@api("GET")
def who(request):
    return JsonResponse({"account": request.account.name, "key": request.api_key.name})


@api("POST")
def echo(request):
    return JsonResponse(json_body(request, "An object, please."))


@api("GET")
def breaks(request, how):
    match how:
        case "bug":
            raise RuntimeError("the secret inner reason")
        case "missing":
            raise Http404("No such thing")
        case _:
            raise ApiError(418, body={"error": "TEA"}, headers={"X-Pot": "1"})


urlpatterns = [
    path("who", who),
    path("echo", echo),
    path("both", by_method(GET=who, POST=echo)),
    path("breaks/<str:how>", breaks),
    path("v1/<path:path>", nothing_here),
]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
UNAUTHORIZED = {"data": None, "errors": [{"error": "AUTH_FAILURE", "message": "Unauthorized"}]}


@pytest.mark.parametrize("form", ["{}", "Bearer {}", "bearer   {} "])
def test_a_key_is_taken_bare_or_after_bearer(client, key, form):
    answer = client.get("/who", headers={"authorization": form.format(key)})
    assert answer.status_code == 200
    assert answer.json() == {"account": "Acme Dental", "key": "tests"}


@pytest.mark.parametrize("value", [None, "", "nonsense", "Bearer", "Bearer ", "Basic {key}"])
def test_other_keys_are_refused(client, key, value):
    headers = {} if value is None else {"authorization": value.replace("{key}", key)}
    answer = client.get("/who", headers=headers)
    assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)


@pytest.mark.parametrize("change", [{"expires_at": -1}, {"revoked_at": -1}, {"revoked_at": 3600}])
def test_ended_keys_are_refused(client, key, change):
    ApiKey.objects.update(**{name: now() + timedelta(seconds=seconds) for name, seconds in change.items()})
    answer = client.get("/who", headers={"authorization": key})
    assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)


def test_the_last_use_is_written_at_most_once_a_minute(client, key, django_assert_num_queries):
    with django_assert_num_queries(2):
        client.get("/who", headers={"authorization": key})
    first = ApiKey.objects.get().last_used_at
    assert now() - first < timedelta(seconds=10)
    with django_assert_num_queries(1):
        client.get("/who", headers={"authorization": key})
    assert ApiKey.objects.get().last_used_at == first
    ApiKey.objects.update(last_used_at=now() - timedelta(seconds=61))
    client.get("/who", headers={"authorization": key})
    assert ApiKey.objects.get().last_used_at > first


def test_wrong_methods_are_told_which_ones_serve(client, key):
    answer = client.delete("/echo", headers={"authorization": key})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    answer = client.put("/both", headers={"authorization": key})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST")
    assert answer.json() == {"status": "error", "message": "Method not allowed"}


def test_one_address_serves_two_methods_without_a_csrf_token(key):
    client = Client(enforce_csrf_checks=True)
    assert client.get("/both", headers={"authorization": key}).json()["key"] == "tests"
    sent = client.post("/both", data='{"a": 1}', content_type="application/json", headers={"authorization": key})
    assert sent.json() == {"a": 1}


def test_a_bug_is_logged_and_not_shown(client, key, caplog):
    with caplog.at_level(logging.ERROR):
        answer = client.get("/breaks/bug", headers={"authorization": key})
    assert answer.status_code == 500
    assert answer.json() == {"status": "error", "message": "Internal server error"}
    assert len(answer.headers["X-Request-Id"]) == 16
    assert "the secret inner reason" in caplog.text


def test_other_failures_are_json_too(client, key):
    answer = client.get("/breaks/missing", headers={"authorization": key})
    assert (answer.status_code, answer.json()["message"]) == (404, "No such thing")
    answer = client.get("/breaks/tea", headers={"authorization": key})
    assert (answer.status_code, answer.json(), answer.headers["X-Pot"]) == (418, {"error": "TEA"}, "1")
    answer = client.get("/v1/nowhere/at/all")
    assert (answer.status_code, answer.json()) == (404, {"status": "error", "message": "Not found"})


def test_a_body_that_is_too_large_is_refused(client, key, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = client.post("/echo", data=json.dumps({"a": "x" * 200}), content_type="application/json", headers={"authorization": key})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "raw", ["", "[]", "5", "null", '"a"', "{", '{"a": NaN}', '{"a": -Infinity}', "[" * 100_000, '{"a": ' + "9" * 5000 + "}"]
)
def test_only_a_json_object_is_a_body(client, key, raw):
    answer = client.post("/echo", data=raw, content_type="application/json", headers={"authorization": key})
    assert (answer.status_code, answer.json()) == (400, {"status": "error", "message": "An object, please."})


def test_bytes_that_are_no_text_are_no_json():
    assert parse_json(b"\xff\xfe\x00") is None
