from calls.carriers.sip.messages import Question, answer_of, challenge_of, credentials
from calls.carriers.sip.settings import Trunk

RFC_7616 = {"realm": "http-auth@example.org", "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "qop": "auth, auth-int"}
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"


def test_digests_are_those_of_rfc_7616():
    for algorithm, response in (
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ):
        value = credentials({**RFC_7616, "algorithm": algorithm}, "Mufasa", "Circle of Life", "GET", "/dir/index.html", CNONCE)
        assert f'response="{response}"' in value and f"algorithm={algorithm}" in value


def test_a_digest_without_qop_is_that_of_rfc_2069():
    challenge = {"realm": "testrealm@host.com", "nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093", "opaque": "5ccc069c403ebaf9f0171e9517f40e41"}
    value = credentials(challenge, "Mufasa", "CircleOfLife", "GET", "/dir/index.html")
    assert 'response="1949323746fe6a43ef61f9606e7febea"' in value and "qop" not in value


def test_an_answer_and_its_challenge():
    answer = answer_of(
        b'SIP/2.0 407 Proxy Authentication Required\r\nCall-ID: abc\r\nCSeq: 1 OPTIONS\r\nProxy-Authenticate: Basic realm="x"\r\n'
        b'Proxy-Authenticate: Digest realm="pbx, the one", nonce="n1", qop="auth", algorithm=MD5\r\nContent-Length: 0\r\n\r\n'
    )
    assert answer is not None and (answer.status, answer.call_id, answer.number) == (407, "abc", 1)
    challenge = challenge_of(answer)
    assert challenge is not None
    assert challenge.header == "Proxy-Authorization"
    assert challenge.values == {"realm": "pbx, the one", "nonce": "n1", "qop": "auth", "algorithm": "MD5"}
    again = Question("OPTIONS", Trunk("h", user="u"), "127.0.0.1:9").signed(challenge, "s").text().decode()
    assert "CSeq: 2 OPTIONS\r\n" in again and 'Proxy-Authorization: Digest username="u"' in again


def test_what_is_no_answer():
    assert answer_of(b"OPTIONS sip:me SIP/2.0\r\n\r\n") is None
    assert answer_of(b"\x00\xff") is None


def test_asking_for_bindings_changes_none():
    text = Question("REGISTER", Trunk("h", domain="d.test", user="u", transport="tcp"), "127.0.0.1:9").text().decode()
    assert text.startswith("REGISTER sip:d.test SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;")
    assert "Contact" not in text and "To: <sip:u@d.test>\r\n" in text
