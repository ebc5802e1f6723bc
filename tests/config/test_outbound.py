"""The outbound HTTP guard: where requests may go, and that they go nowhere else. Loopback servers stand for the far side."""

import asyncio
import gzip
import ipaddress
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from config.kit.outbound import LOCAL, Answer, Failed, Policy, Refused, _trusted, check_url, fetch, is_public, of_settings

PUBLIC = ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
NOT_PUBLIC = [
    "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::1", "::", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::1", "2002:a00:1::1", "2001:0:7f00:1:0:0:80ff:fffe",
]  # fmt: skip
# How loopback can be written in an address; each is looked up for real.
DISGUISED = ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "0"]
UNREADABLE = [
    "ftp://example.com/", "file:///etc/passwd", "gopher://example.com", "//example.com", "example.com", "https://", "https://:443/",
    "http://example.com/", "https://user:secret@example.com/", "https://user@example.com", "https://example.com:0/", "https://example.com:99999/",
    "https://exa mple.com/", "https://example.com/\r\nx: y", "https://[::1", "https://" + "a" * 5000,
]  # fmt: skip


class Far(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.seen.append((self.command, self.path, dict(self.headers)))  # type: ignore[attr-defined]
        length = int(self.headers.get("content-length") or 0)
        sent = self.rfile.read(length)
        path = self.path
        if path.startswith("/to/"):
            self.answer(int(path[4:7]), b"", location=path[8:])
        elif path == "/large":
            self.answer(200, b"x" * 300_000)
        elif path == "/bomb":
            self.answer(200, gzip.compress(b"0" * 5_000_000), **{"content-encoding": "gzip"})
        elif path == "/slow":
            time.sleep(1.5)
            self.answer(200, b"late")
        elif path == "/charset":
            self.answer(200, "grün".encode(), **{"content-type": "text/plain; charset=nobody-knows-it"})
        elif path == "/dies":
            self.close_connection = True
        else:
            self.answer(418 if path == "/tea" else 200, b"hello " + sent)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"content-length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def far() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Far)
    server.daemon_threads, server.seen = True, []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def at(server: ThreadingHTTPServer, path: str = "/", host: str = "127.0.0.1") -> str:
    return f"http://{host}:{server.server_address[1]}{path}"


@pytest.mark.parametrize("address", PUBLIC)
def test_the_open_internet(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_everything_else_is_not_public(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("url", UNREADABLE)
def test_addresses_that_are_refused_as_they_are_written(url):
    with pytest.raises(Refused):
        check_url(url)


@pytest.mark.parametrize("host", DISGUISED)
async def test_loopback_in_every_disguise_is_refused_before_anything_is_sent(far, host):
    url = at(far, "/", host).replace("http://", "https://")
    with pytest.raises(Refused, match="private network"):
        await fetch("GET", url)
    assert far.seen == []


async def test_with_the_setting_for_local_use_it_is_reached(far):
    answer = await fetch("post", at(far), headers={"X-Key": "1"}, body="there", policy=LOCAL)
    assert (answer.status, answer.text, answer.ok) == (200, "hello there", True)
    assert answer.ms >= 0 and far.seen[0][2]["x-key"] == "1"
    assert not (await fetch("GET", at(far, "/tea"), policy=LOCAL)).ok


@pytest.mark.parametrize("found", [["10.0.0.8"], ["8.8.8.8", "127.0.0.1"], ["::1"], ["fe80::1%eth0"], ["not an address"]])
async def test_a_name_is_judged_by_what_it_resolves_to(found):
    async def resolve(host: str, port: int) -> list[str]:
        return found

    with pytest.raises(Refused):
        await fetch("GET", "https://innocent.example/", resolve=resolve)


def test_the_name_and_not_the_address_is_proved_by_the_certificate(tmp_path):
    """The connection goes to the checked address; what the certificate must carry is the name that was asked for."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    _self_signed(cert, key, "right.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Far)
    server.daemon_threads, server.seen = True, []  # type: ignore[attr-defined]
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    _trusted().load_verify_locations(cert)

    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    def get(name: str) -> Answer:
        return asyncio.run(fetch("GET", f"https://{name}:{server.server_address[1]}/", policy=LOCAL, resolve=resolve))

    try:
        assert get("right.example").status == 200
        with pytest.raises(Failed):
            get("wrong.example")
    finally:
        server.shutdown()
        server.server_close()
        _trusted.cache_clear()


def _self_signed(cert: Path, key: Path, name: str) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    key.write_bytes(private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))


async def test_rebinding_gains_nothing(far):
    """A name that is harmless when it is checked and points elsewhere a moment later: it is asked once, and that answer is used."""
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    answer = await fetch("GET", at(far, "/", "rebinding.example"), policy=LOCAL, resolve=resolve)
    assert answer.status == 200 and asked == ["rebinding.example"]
    assert far.seen[0][2]["host"] == f"rebinding.example:{far.server_address[1]}"


async def test_every_redirect_is_checked_again(far):
    """The first server may be asked; it sends us on to the address where clouds keep their keys."""
    only_far = Policy(plain_http=True, permits=lambda address: str(address) == "127.0.0.1")

    async def resolve(host: str, port: int) -> list[str]:
        return ["169.254.169.254"] if host == "metadata.example" else ["127.0.0.1"]

    with pytest.raises(Refused, match="metadata.example leads into a private network"):
        await fetch("GET", at(far, "/to/302/http://metadata.example/latest"), policy=only_far, resolve=resolve)
    with pytest.raises(Refused):
        await fetch("GET", at(far, "/to/302/http://169.254.169.254/latest"), policy=only_far)
    assert len(far.seen) == 2


def test_the_setting_decides(settings):
    assert not of_settings().plain_http
    settings.ALLOW_HTTP_WEBHOOKS = True
    assert of_settings() is LOCAL


async def test_redirects_are_followed_a_few_times_and_keys_stay_with_the_first_server(far):
    port = far.server_address[1]
    answer = await fetch("GET", at(far, "/to/302//end"), headers={"authorization": "k"}, policy=LOCAL)
    assert answer.url.endswith("/end") and far.seen[-1][2]["authorization"] == "k"
    await fetch("GET", at(far, f"/to/307/http://localhost:{port}/end"), headers={"authorization": "k"}, policy=LOCAL)
    assert far.seen[-1][1] == "/end" and "authorization" not in far.seen[-1][2]
    with pytest.raises(Failed, match="redirects"):
        await fetch("GET", at(far, "/to/302/" + "/to/302/" * 3 + "/to/302//end"), policy=LOCAL)


async def test_a_redirect_after_post_is_a_get_unless_it_says_otherwise(far):
    await fetch("POST", at(far, "/to/303//end"), body="data", policy=LOCAL)
    assert far.seen[-1][0] == "GET"
    await fetch("POST", at(far, "/to/308//end"), body="data", policy=LOCAL)
    assert far.seen[-1][0] == "POST"


async def test_a_redirect_to_another_scheme_is_refused(far):
    with pytest.raises(Refused):
        await fetch("GET", at(far, "/to/302/file:///etc/passwd"), policy=LOCAL)


async def test_too_large_too_slow_compressed_and_broken_answers_fail(far):
    with pytest.raises(Failed, match="larger than 100,000 bytes"):
        await fetch("GET", at(far, "/large"), policy=LOCAL, most_bytes=100_000)
    with pytest.raises(Failed, match="No answer within 0.3 s"):
        await fetch("GET", at(far, "/slow"), policy=LOCAL, seconds=0.3)
    with pytest.raises(Failed, match="compressed"):
        await fetch("GET", at(far, "/bomb"), policy=LOCAL)
    with pytest.raises(Failed, match="could not be reached"):
        await fetch("GET", at(far, "/dies"), policy=LOCAL)
    assert (await fetch("GET", at(far, "/charset"), policy=LOCAL)).text == "grün"


async def test_unknown_names_and_odd_methods(far):
    async def nothing(host: str, port: int) -> list[str]:
        raise OSError("unknown")

    with pytest.raises(Failed, match="is not known"):
        await fetch("GET", "https://nowhere.example/", resolve=nothing)
    with pytest.raises(Refused, match="method"):
        await fetch("TRACE", at(far), policy=LOCAL)


async def test_headers_of_the_connection_are_ours_and_line_breaks_are_refused(far):
    await fetch("GET", at(far), headers={"Host": "evil.example", "Transfer-Encoding": "chunked", "Proxy-Authorization": "x"}, policy=LOCAL)
    seen = {name.lower(): value for name, value in far.seen[-1][2].items()}
    assert seen["host"].startswith("127.0.0.1") and "transfer-encoding" not in seen and "proxy-authorization" not in seen
    with pytest.raises(Refused, match="line break"):
        await fetch("GET", at(far), headers={"x": "1\r\ny: 2"}, policy=LOCAL)


async def test_a_request_that_is_given_up_leaves_nothing_behind(far):
    task = asyncio.create_task(fetch("GET", at(far, "/slow"), policy=LOCAL))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("target", ["https://[", "http://localhost:99999/"])
async def test_a_redirect_that_cannot_be_read_comes_to_nothing(far, target):
    with pytest.raises((Refused, Failed), match="cannot be read"):
        await fetch("GET", at(far, f"/to/302/{target}"), policy=LOCAL)
