"""The parameter table: complete, consistent, and one rule set that never fails itself."""

import json
import subprocess
import sys
from datetime import UTC, datetime

import jsonschema
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from personas.parameters import BY_NAME, GROUPS, OPEN_SECTIONS, PARAMETERS, Context, defaults, error_body, json_schema, validate
from personas.parameters.legacy import LEGACY

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CONTEXT = Context(at=AT)
BASE = {"phone_number": "+15005550006", "task": "Confirm the appointment."}
# The body parameters of the public reference, in its order.
REFERENCE = [
    "phone_number",
    "voice",
    "pathway_id",
    "pathway_version",
    "task",
    "first_sentence",
    "persona_id",
    "model",
    "language",
    "wait_for_greeting",
    "pronunciation_guide",
    "temperature",
    "interruption_threshold",
    "from",
    "dialing_strategy",
    "timezone",
    "start_time",
    "transfer_phone_number",
    "transfer_list",
    "max_duration",
    "tools",
    "background_track",
    "noise_cancellation",
    "block_interruptions",
    "record",
    "voicemail",
    "citation_schema_ids",
    "summary_prompt",
    "retry",
    "dispositions",
    "request_data",
    "metadata",
    "webhook",
    "webhook_events",
    "dynamic_data",
    "keywords",
    "ignore_button_press",
    "precall_dtmf_sequence",
    "guard_rails",
]


def check(**more):
    return validate({**BASE, **more}, CONTEXT)


def messages(**more):
    return [error.message for error in check(**more).errors]


def test_every_parameter_of_the_reference_stands_in_the_table_in_its_order():
    ours = [parameter.name for parameter in PARAMETERS if parameter.name in REFERENCE]
    assert ours == REFERENCE
    assert {parameter.name for parameter in PARAMETERS} - set(REFERENCE) == {"start_node_id", "analysis_schema"}


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda p: p.name)
def test_every_parameter_can_be_shown(parameter):
    assert parameter.label
    assert parameter.group in {group.value for group in GROUPS} | set(OPEN_SECTIONS)
    assert parameter.kind in {"string", "number", "integer", "boolean", "array", "object"}
    for banned in ("please", "successfully", "!", "job", "payload", "entity"):
        assert banned not in f"{parameter.label} {parameter.help}".lower()


@pytest.mark.parametrize("parameter", [p for p in PARAMETERS if p.default is not None], ids=lambda p: p.name)
def test_every_default_passes_its_own_check_unchanged(parameter):
    assert parameter.check(parameter.default, CONTEXT) == parameter.default


def test_the_table_needs_no_framework():
    code = "import sys, personas.parameters; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_api_document_is_a_schema_that_accepts_what_we_accept():
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert set(schema["properties"]) == set(BY_NAME) | {legacy.name for legacy in LEGACY}
    jsonschema.validate({**BASE, "retry": {"wait": 10}, "background_track": None, "pathway_version": "staging"}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**BASE, "phone_nubmer": "x"}, schema)


def test_values_are_kept_in_one_form():
    values = check(
        voice="june",
        model="enhanced",
        temperature="0.5",
        wait_for_greeting="true",
        pathway_version="3",
        pronunciation_guide=[{"word": "API", "pronunciation": "A P I", "case_sensitive": "true"}],
        voicemail={"action": "leave_message", "message": "Hi"},
        retry={"voicemail_action": "ignore"},
        transfer_list={"sales": "(222) 333-4444"},
        start_time="2026-11-23 12:00:00 -05:00",
        webhook_events=["call", "queue", "call"],
        background_track="null",
        guard_rails=[{"type": "tcpa:opt_out", "actions": ["end_call"]}, {"type": "tcpa:ai_disclosure", "actions": [{"type": "end_call"}]}],
        dynamic_data=[
            {"url": "https://example.com/x", "headers": [{"key": "A", "value": "b"}], "response_data": [{"name": "n", "data": "$.x"}]}
        ],
    ).values
    assert values["voice"] == "June"
    assert values["model"] == "base"
    assert values["temperature"] == 0.5
    assert values["wait_for_greeting"] is True
    assert values["pathway_version"] == 3
    assert values["pronunciation_guide"] == [{"word": "API", "pronunciation": "A P I", "case_sensitive": True, "spaced": True}]
    assert values["voicemail"] == {"action": "leave_message", "message": "Hi", "sms": None, "sensitive": False}
    assert values["retry"] == {"wait": 60, "voicemail_action": "ignore"}
    assert values["transfer_list"] == {"sales": "+12223334444"}
    assert values["start_time"] == "2026-11-23T17:00:00+00:00"
    assert values["webhook_events"] == ["queue", "call"]
    assert values["background_track"] is None
    assert [rail["config"] for rail in values["guard_rails"]] == [{}, {"end_seconds": 30}]
    assert values["dynamic_data"][0] == {
        "url": "https://example.com/x",
        "method": "GET",
        "headers": {"A": "b"},
        "query": {},
        "body": None,
        "timeout": 2000,
        "cache": True,
        "response_data": [{"name": "n", "data": "$.x", "context": ""}],
    }


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"temperature": "nan"}, "Temperature must be a number"),
        ({"temperature": True}, "Temperature must be a number"),
        ({"temperature": -0.1}, "Temperature must be at least 0"),
        ({"interruption_threshold": 10_001}, "interruption_threshold must be at most 10000."),
        ({"max_duration": 0.5}, "Max duration must be at least 1"),
        ({"max_duration": 10**400}, "max_duration must be at most 12 hours."),
        ({"model": "gpt"}, "Invalid model. Options are: base, turbo."),
        ({"language": ["en"]}, "Invalid language code"),
        ({"timezone": "../etc/passwd"}, "Invalid timezone: ../etc/passwd"),
        ({"timezone": "America"}, "Invalid timezone: America"),
        ({"start_time": "2026-11-22 12:04:59"}, "Calls must be scheduled at least 5 minutes in advance, or more"),
        ({"start_time": "0001-01-01 00:00:00 +14:00"}, "Invalid start_time."),
        ({"transfer_phone_number": "911"}, "Invalid transfer_phone_number."),
        ({"transfer_phone_number": "+19005550123"}, "Invalid transfer_phone_number."),
        ({"transfer_list": {"a": "+1 500 555 0006"}}, "Transfer phone number cannot be the same as the phone number."),
        ({"transfer_list": {"a": "+123"}}, "Invalid transfer phone number."),
        ({"dialing_strategy": {"type": "custom_pool"}}, "dialing_strategy.pool_id is required for custom_pooling."),
        ({"voicemail": 5}, "Voicemail must be an object. type: number"),
        ({"voicemail": {"sms": {"to": "+18005550123"}}}, "voicemail_sms.message must be a string. type: undefined"),
        ({"voicemail": {"sms": {"from": True, "message": "x"}}}, "voicemail_sms.from must be a string. type: boolean"),
        ({"retry": {"wait": -1}}, "retry.wait must be between 0 and 86400 seconds."),
        ({"retry": {"voicemail_action": "leave_message"}}, "Voicemail message is required when action is leave_message."),
        ({"dispositions": ["sold", " "]}, "Dispositions must be an array of strings."),
        ({"webhook": "https://127.0.0.1/x"}, "Webhook must be a valid URI"),
        ({"webhook": "https://[::1]/x"}, "Webhook must be a valid URI"),
        ({"webhook": "https://10.0.0.8/x"}, "Webhook must be a valid URI"),
        ({"webhook": "https://localhost/x"}, "Webhook must be a valid URI"),
        ({"webhook": "https://"}, "Webhook must be a valid URI"),
        ({"webhook": "https://example.com:99999/"}, "Webhook must be a valid URI"),
        ({"webhook_events": "call"}, "webhook_events must be an array."),
        ({"keywords": [":3"]}, "Keywords must be in the format 'string' or 'string:number'."),
        ({"dynamic_data": ["x"]}, "Invalid dynamic data: item 1 must be an object."),
        (
            {"dynamic_data": [{"url": "https://e.com", "timeout": "long"}]},
            "Invalid dynamic data: item 1 timeout must be a number of milliseconds, at most 30000.",
        ),
        ({"guard_rails": [5]}, "Each guard rail must be an object."),
        (
            {"guard_rails": [{"type": "custom", "prompt": "x", "actions": ["sing"]}]},
            "Invalid guard rail action. Options are: end_call, transfer, move_to_node.",
        ),
        (
            {"guard_rails": [{"type": "custom", "prompt": "x", "actions": ["transfer"]}]},
            "Guard rail action transfer requires a valid phone_number.",
        ),
        (
            {"guard_rails": [{"type": "custom", "prompt": "x", "actions": [{"type": "move_to_node", "config": {"node_id": "n"}}]}]},
            "Guard rail action move_to_node requires a pathway.",
        ),
        (
            {"guard_rails": [{"type": "tcpa:ai_disclosure", "actions": ["end_call"], "config": {"end_seconds": 0}}]},
            "end_seconds must be greater than 0.",
        ),
        ({"guard_rails": [{"type": "custom", "prompt": "x", "actions": ["end_call"]}] * 6}, "At most 5 custom guard rails can be added."),
        ({"precall_dtmf_sequence": 12}, "Precall DTMF sequence must be a valid DTMF sequence"),
        ({"tools": [{"name": "x"}]}, "Invalid tools: item 1 must be the ID of a tool or knowledge base."),
        ({"pathway_version": 1.5}, "pathway_version needs to either be a number, or a string of 'production' or 'staging'."),
        ({"pathway_id": 5}, "pathway_id must be a string."),
        ({"persona_id": 5}, "persona_id must be a string."),
        ({"task": "  "}, "Missing required parameter: task."),
    ],
)
def test_refusals_beside_the_contract(given, message):
    assert messages(**given) == [message]


def test_errors_stand_in_the_order_of_the_reference():
    body = {"guard_rails": 1, "record": "maybe", "webhook": 1, "voice": 5, "temperature": "hot", "version_number": []}
    found = validate(body, CONTEXT).errors
    assert [error.name for error in found] == [
        "phone_number",
        "voice",
        "pathway_version",
        "task",
        "temperature",
        "record",
        "webhook",
        "guard_rails",
    ]
    assert error_body(found)["message"] == "Invalid parameters"


def test_null_means_not_given_unless_it_clears():
    checked = validate({**BASE, "voice": None, "background_track": None, "dynamic_data": None, "record": None}, CONTEXT)
    assert not checked.errors
    assert checked.given == {"phone_number", "task", "background_track", "dynamic_data"}
    inherited = {"background_track": "office", "dynamic_data": [{"url": "https://example.com"}], "voice": "Nat"}
    merged = validate({**BASE, "voice": None, "background_track": None, "dynamic_data": ""}, CONTEXT, inherited=inherited).values
    assert (merged["background_track"], merged["dynamic_data"], merged["voice"]) == (None, [], "Nat")


LEGACY_CASES = [
    ({"voice_id": "nat"}, {"voice": "Nat"}),
    ({"voice_preset_id": "Paige"}, {"voice": "Paige"}),
    ({"version_number": "4"}, {"pathway_version": 4}),
    ({"version_number": "staging"}, {"pathway_version": "staging"}),
    ({"wait": "true"}, {"wait_for_greeting": True}),
    ({"interruptibility": 0}, {"block_interruptions": True}),
    ({"interruptibility": 2}, {}),
    ({"voicemail_action": "ignore"}, {"voicemail": {"action": "ignore", "message": "", "sms": None, "sensitive": False}}),
    ({"voicemail_message": "Hi"}, {"voicemail": {"action": "leave_message", "message": "Hi", "sms": None, "sensitive": False}}),
    ({"voicemail_sms": {"message": "x"}}, {"voicemail": {"action": "hangup", "message": "", "sms": {"message": "x"}, "sensitive": False}}),
    ({"sensitive_voicemail_detection": "true"}, {"voicemail": {"action": "hangup", "message": "", "sms": None, "sensitive": True}}),
    ({"analysis_schema": {"a": "string"}}, {"analysis_schema": {"a": "string"}}),
    ({"start_node_id": "n1"}, {"start_node_id": "n1"}),
    ({"dialing_strategy": {"type": "custom_pool", "pool_id": "p"}}, {"dialing_strategy": {"type": "custom_pooling", "pool_id": "p"}}),
]


@pytest.mark.parametrize(("old", "new"), LEGACY_CASES, ids=[next(iter(old)) for old, _ in LEGACY_CASES])
def test_old_names_mean_what_they_meant(old, new):
    checked = check(**old)
    assert not checked.errors
    assert {name: value for name, value in checked.values.items() if name not in BASE} == new


@pytest.mark.parametrize(
    "old",
    [
        {"answered_by_enabled": True},
        {"amd": True},
        {"ivr_mode": False},
        {"reduce_latency": True},
        {"voice_settings": {}},
        {"disposition_ids": ["x"]},
    ],
    ids=lambda old: next(iter(old)),
)
def test_old_names_without_a_meaning_are_accepted_with_a_word(old):
    checked = check(**old)
    assert (checked.errors, set(checked.values)) == ([], set(BASE))
    assert len(checked.notes) == 1
    assert checked.notes[0].startswith(f"{next(iter(old))} has no effect here")


@pytest.mark.parametrize(
    ("old", "message"),
    [
        ({"answered_by_enabled": "maybe"}, "answered_by_enabled must be a boolean."),
        ({"voicemail_action": "leave_message"}, "Voicemail message is required when action is leave_message."),
        ({"voicemail_message": 4}, "Voicemail message must be a string. type: number"),
        ({"voicemail_sms": "hi"}, "voicemail_sms must be an object. type: string"),
        ({"version_number": True}, "version_number must be a number or string."),
        ({"version_number": "four"}, "version_number must be a number."),
        ({"interruptibility": "none"}, "interruptibility must be a number."),
        ({"voice_settings": 1}, "voice_settings must be an object."),
    ],
)
def test_old_names_are_checked(old, message):
    assert messages(**old) == [message]


def test_todays_name_wins_over_the_old_one():
    values = check(voice="Nat", voice_id="Paige", voicemail={"action": "ignore"}, voicemail_action="hangup", voicemail_message="x").values
    assert values["voice"] == "Nat"
    assert (values["voicemail"]["action"], values["voicemail"]["message"]) == ("ignore", "x")


def test_an_old_voicemail_name_changes_one_part_of_the_personas():
    persona = {"voicemail": {"action": "leave_message", "message": "From the persona", "sms": None, "sensitive": True}}
    values = validate({**BASE, "voicemail_message": "Mine"}, CONTEXT, inherited=persona).values
    assert values["voicemail"] == {"action": "leave_message", "message": "Mine", "sms": None, "sensitive": True}


def test_a_persona_may_leave_out_what_a_call_needs_but_not_name_a_number():
    assert validate({"voice": "Nat", "temperature": 0.2}, CONTEXT, preset=True).errors == []
    assert [e.message for e in validate({"phone_number": "+15005550006"}, CONTEXT, preset=True).errors] == [
        "Additional properties are not allowed"
    ]
    assert [e.message for e in validate({"temperature": 2}, CONTEXT, preset=True).errors] == ["Temperature must be at most 1"]


def test_what_is_left_out_is_said():
    assert check(voice="Maya").notes == ["There is no voice “Maya” here: the call speaks with June."]
    assert check(voicemail={"action": "ignore", "beep": True}).notes == ["voicemail.beep is not known and was ignored."]
    assert check(dynamic_data=[{"url": "endpoint"}]).notes == [
        "dynamic_data item 1: “endpoint” is not a web address and will not be fetched."
    ]


def test_plain_http_is_for_local_use_only():
    local = Context(at=AT, allow_http=True)
    assert not validate({**BASE, "webhook": "http://127.0.0.1:9000/hook"}, local).errors


def test_defaults_are_a_fresh_copy():
    first = defaults()
    first["keywords"].append("x")
    first["voicemail"]["action"] = "ignore"
    assert (defaults()["keywords"], defaults()["voicemail"]["action"]) == ([], "hangup")


NAMES = st.sampled_from([*BY_NAME, *(legacy.name for legacy in LEGACY), "unknown"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8) | st.sampled_from(["type", "url", "actions", "config"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=120, deadline=None)
@given(st.dictionaries(NAMES, JSON, max_size=6) | JSON)
@example({"phone_number": 1e300})
@example({"phone_number": "+" * 50})
@example({"max_duration": float("inf"), "guard_rails": [{"type": [], "actions": {}}]})
@example({"start_time": "9999-12-31 23:59:59 -14:00", "timezone": "\x00"})
def test_any_json_gets_an_answer_and_always_the_same(body):
    before = json.dumps(body)
    first, second = validate(body, CONTEXT), validate(body, CONTEXT)
    assert first == second
    assert json.dumps(body) == before  # the request itself is not changed
    json.dumps(first.values)
    if first.errors:
        assert error_body(first.errors)["errors"] == [error.message for error in first.errors]
    for error in first.errors:
        assert len(error.message) > 8
