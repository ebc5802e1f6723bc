from itertools import pairwise

import pytest

from calls.carriers.sip.settings import FIELDS, Wrong, check, check_secret, parse


def test_a_host_is_enough():
    clean, errors = check({"host": " sip.example.com "})
    assert not errors
    assert clean == {field.name: field.default for field in FIELDS} | {"host": "sip.example.com"}
    trunk = parse(clean)
    assert (trunk.at, trunk.home, trunk.usual_port, trunk.rtp_ports) == ("sip.example.com", "sip.example.com", 5060, (20_000, 20_999))
    assert trunk.verify_tls and not trunk.register


def test_everything_may_come_as_text_from_a_form_or_a_command_line():
    given = {
        "host": "[2001:db8::1]", "port": "5071", "transport": "TLS", "user": "acct", "register": "yes", "codecs": "pcma, pcmu",
        "srtp": "required", "rtp_ports": "30000 – 30099", "verify_tls": "no", "media_timeout": "0", "precall_keys": "off",
    }  # fmt: skip
    clean, errors = check(given)
    assert not errors
    trunk = parse(clean)
    assert trunk.at == "[2001:db8::1]:5071"
    assert trunk.codecs == ("pcma", "pcmu") and trunk.rtp_ports == (30_000, 30_099)
    assert (trunk.register, trunk.verify_tls, trunk.media_timeout, trunk.precall_keys) == (True, False, 0, False)
    assert check(clean) == (clean, {}), "what is kept can be checked again"


@pytest.mark.parametrize(
    ("given", "field", "says"),
    [
        ({}, "host", "needed"),
        ({"host": "sip.example.com:5060"}, "host", "field of its own"),
        ({"host": "trunk.example.com\r\nX: y"}, "host", "control characters"),
        ({"host": "a", "user": '"><script>'}, "user", 'may not contain < > "'),
        ({"host": "a", "user": "me@there"}, "user", "may not contain"),
        ({"host": "a", "auth_user": "me;x"}, "auth_user", "may not contain"),
        ({"host": "a", "domain": "b c"}, "domain", "not the name"),
        ({"host": "a", "port": "70000"}, "port", "1 to 65535"),
        ({"host": "a", "port": "²"}, "port", "1 to 65535"),
        ({"host": "a", "transport": "sctp"}, "transport", "udp, tcp, tls"),
        ({"host": "a", "codecs": "opus"}, "codecs", "pcmu, pcma"),
        ({"host": "a", "codecs": []}, "codecs", "at least one"),
        ({"host": "a", "rtp_ports": "20000"}, "rtp_ports", "like 20000-20999"),
        ({"host": "a", "rtp_ports": "20000-20003"}, "rtp_ports", "at least 10"),
        ({"host": "a", "rtp_ports": "80-20003"}, "rtp_ports", "1024"),
        ({"host": "a", "register": "maybe"}, "register", "yes or no"),
        ({"host": "a", "register": "yes"}, "user", "needs a user name"),
        ({"host": "a", "ca_file": "ca.pem"}, "ca_file", "whole path"),
        ({"host": "a", "ca_file": "/etc/my ca.pem"}, "ca_file", "spaces"),
        ({"host": "a", "ring_timeout": "1"}, "ring_timeout", "5 to 180"),
        ({"host": "a", "pasword": "x"}, "pasword", "no setting of this name"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(given, field, says):
    _clean, errors = check(given)
    assert list(errors) == [field] and says in errors[field]


def test_a_password_that_the_stack_would_misread():
    assert check_secret('a"b') and check_secret("a\\b") and check_secret("a\nb")
    assert check_secret("all else; <even> this @ is ümlaut fine") == ""


def test_settings_that_are_wrong_by_now_are_named():
    with pytest.raises(Wrong, match="Transport: "):
        parse({"host": "a", "transport": "sctp"})


def test_every_field_can_be_drawn():
    assert all(field.label and bool(field.choices) == field.kind.startswith("choice") for field in FIELDS)
    groups = [field.group for field in FIELDS]
    assert sum(a != b for a, b in pairwise(groups)) == 2, "fields of one group stand together"
