"""Kamailio as a trunk: digest, TLS with a certificate of its own authority, Record-Route, and one telephone behind it."""

import datetime
import ipaddress
import os
import signal
import subprocess
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.peers.kit import LOOPBACK, Program, _free, free_port, program, until

DOMAIN, USER, SECRET = "pbx.test", "acct", "s3cret pass"


class Kamailio(Program):
    def __init__(self, folder: Path, callee_port: int = 9) -> None:
        self.port = free_port()
        self.tls_port = self.port + 1
        self.ca_file = certificates(folder)
        (folder / "tls.cfg").write_text(
            f"[server:default]\nmethod = TLSv1.2+\nverify_certificate = no\nrequire_certificate = no\n"
            f"private_key = {folder}/server.key\ncertificate = {folder}/server.pem\n"
        )
        modules = next(p for p in Path("/usr/lib").glob("**/kamailio/modules"))
        config = CONFIG
        for name, value in {
            "PORT": self.port, "TLS": self.tls_port, "MODULES": modules, "FOLDER": folder, "DOMAIN": DOMAIN, "SECRET": SECRET,
            "CALLEE": f"{LOOPBACK}:{callee_port}", "CONTROL": folder,
        }.items():  # fmt: skip
            config = config.replace(f"@{name}@", str(value))
        (folder / "kamailio.cfg").write_text(config)
        super().__init__(
            folder, "kamailio", program("kamailio", "kamailio kamailio-tls-modules"), "-f", "kamailio.cfg", "-DD", "-E",
            "-m", "32", "-M", "4", "-Y", str(folder), "-P", str(folder / "kamailio.pid"),
        )  # fmt: skip
        until(lambda: not _free(self.tls_port), what="Kamailio")

    def kill(self) -> None:
        self.process.terminate()  # its workers go with it
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:  # now and then one of them waits for another for ever
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(5)


def certificates(folder: Path) -> Path:
    """An authority and the server's certificate for 127.0.0.1, signed by it; the authority's file."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Trial authority")])
    ca = _certificate(ca_name, ca_name, ca_key.public_key(), ca_key, authority=True)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, LOOPBACK)])
    server = _certificate(name, ca_name, key.public_key(), ca_key, authority=False)
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    (folder / "server.pem").write_bytes(server.public_bytes(pem))
    (folder / "server.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    )
    return folder / "ca.pem"


def _certificate(name, issuer, key, signer, *, authority: bool) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(LOOPBACK))])
    builder = (
        x509.CertificateBuilder(issuer, name, key, x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if not authority:
        builder = builder.add_extension(names, critical=False)
    return builder.sign(signer, hashes.SHA256())


CONFIG = """#!KAMAILIO
debug=1
log_stderror=yes
fork=yes
children=2
tcp_children=2
enable_tls=yes
auto_aliases=no
alias="@DOMAIN@"
listen=udp:127.0.0.1:@PORT@
listen=tcp:127.0.0.1:@PORT@
listen=tls:127.0.0.1:@TLS@
mpath="@MODULES@/"
loadmodule "tls.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
loadmodule "xlog.so"
modparam("tls", "config", "@FOLDER@/tls.cfg")
modparam("rr", "enable_full_lr", 1)
modparam("usrloc", "db_mode", 0)
modparam("auth", "nonce_expire", 60)
request_route {
    if (!mf_process_maxfwd_header("10")) { sl_send_reply("483","Too Many Hops"); exit; }
    if (has_totag()) {
        if (loose_route()) { xlog("L_ERR","IN DIALOG $rm\\n"); t_relay(); exit; }
        if (is_method("ACK")) { if (t_check_trans()) { t_relay(); } exit; }
        sl_send_reply("404","Not here"); exit;
    }
    if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
    t_check_trans();
    if (is_method("REGISTER")) {
        if (!pv_www_authenticate("@DOMAIN@", "@SECRET@", "0")) { www_challenge("@DOMAIN@", "1"); exit; }
        xlog("L_ERR","REGISTER $fu au=$au contact=$ct expires=$hdr(Expires)\\n");
        save("location"); exit;
    }
    if (is_method("INVITE")) {
        if (!pv_proxy_authenticate("@DOMAIN@", "@SECRET@", "0")) { proxy_challenge("@DOMAIN@", "1"); exit; }
        consume_credentials();
        xlog("L_ERR","INVITE au=$au from=$fu to=$ru pai=$hdr(P-Asserted-Identity) proto=$proto\\n");
        record_route();
        $rd = "127.0.0.1"; $du = "sip:@CALLEE@;transport=udp";
        t_relay(); exit;
    }
    sl_send_reply("200","OK");
}
"""
