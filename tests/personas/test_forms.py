"""The parameter table as controls: what a form posts is what a program would send."""

import pytest
from django.http import QueryDict

from personas.forms import Pickers, body_of, control_for, fields_of, initial_of
from personas.parameters import BY_NAME, PARAMETERS, FieldError, defaults, validate

# One value of each parameter as a program would send it.
VALUES = {
    "voice": "Paige",
    "first_sentence": "Hello {{name}}.\nThis is Anna.",
    "model": "turbo",
    "language": "es",
    "wait_for_greeting": True,
    "pronunciation_guide": [{"word": "Reyes", "pronunciation": "RAY-ess", "case_sensitive": False, "spaced": True}],
    "temperature": 0.3,
    "interruption_threshold": 800,
    "transfer_phone_number": "+17205550100",
    "transfer_list": {"default": "+17205550100", "sales": "+17205550101"},
    "max_duration": 8,
    "background_track": "office",
    "record": True,
    "voicemail": {"action": "leave_message", "message": "Please call back.", "sms": None, "sensitive": True},
    "summary_prompt": "Two sentences.",
    "retry": {"wait": 90, "voicemail_action": "hangup"},
    "dispositions": ["got name", "no info"],
    "metadata": {"campaign": {"id": 7}},
    "webhook": "https://example.com/hook",
    "keywords": ["Acme:3"],
    "guard_rails": [{"type": "tcpa:opt_out", "actions": [{"type": "end_call"}]}],
}


def posted(values: dict) -> QueryDict:
    """What a browser posts when every control shows `values`."""
    data = QueryDict(mutable=True)
    for parameter in PARAMETERS:
        for name, shown in initial_of(parameter, values.get(parameter.name)).items():
            if shown is True:
                data[name] = "on"
            elif isinstance(shown, list):
                data.setlist(name, shown)
            elif shown is not False:
                data[name] = shown
            data[f"{name}-shown"] = "1"
    return data


@pytest.mark.parametrize("name", sorted(VALUES))
def test_a_control_gives_back_the_value_it_shows(name):
    held = defaults()
    read = body_of(PARAMETERS, posted({**held, name: VALUES[name]}), held)
    assert read.errors == []
    assert set(read.body) == {name}
    number = {"phone_number": "+15005550006", "task": "Hi."}
    assert validate({**number, **read.body}).values[name] == validate({**number, name: VALUES[name]}).values[name]


def test_what_only_shows_the_inherited_value_is_not_sent():
    held = {**defaults(), **VALUES}
    assert body_of(PARAMETERS, posted(held), held).body == {}


def test_a_switch_that_the_persona_has_on_can_be_switched_off():
    held = {**defaults(), "record": True}
    assert body_of(PARAMETERS, posted({**held, "record": False}), held).body == {"record": False}


def test_words_of_the_persona_can_be_emptied():
    held = {**defaults(), "first_sentence": "Hello.", "dispositions": ["sold"]}
    read = body_of(PARAMETERS, posted({**held, "first_sentence": "", "dispositions": []}), held)
    assert read.body == {"first_sentence": "", "dispositions": []}


def test_controls_that_were_not_on_the_page_say_nothing():
    assert body_of(PARAMETERS, QueryDict("phone_number=%2B15005550006"), defaults()).body == {"phone_number": "+15005550006"}


def test_broken_json_is_told_beside_its_field():
    read = body_of(PARAMETERS, QueryDict("metadata=%7Bnot+json"), defaults())
    assert [e.name for e in read.errors] == ["metadata"]


def test_a_line_without_a_number_is_refused_with_the_words_of_the_api():
    read = body_of(PARAMETERS, QueryDict("transfer_list=sales"), defaults())
    checked = validate({"phone_number": "+15005550006", "task": "Hi.", **read.body})
    assert [e.message for e in checked.errors] == ["Invalid phone number format in transfer list"]


@pytest.mark.parametrize(
    ("message", "control"),
    [
        ("Voicemail message is required when action is leave_message.", "voicemail__message"),
        ("Invalid voicemail action. Must be one of: hangup, leave_message, ignore", "voicemail__action"),
        ("Voicemail must be an object.", "voicemail__action"),
    ],
)
def test_a_message_about_an_object_stands_beside_the_part_it_names(message, control):
    assert control_for(BY_NAME["voicemail"], FieldError("voicemail", message)) == control


def test_every_parameter_has_controls():
    for parameter in PARAMETERS:
        assert fields_of(parameter, Pickers())
