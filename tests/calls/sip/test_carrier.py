"""What a SIP call is refused for before anything is sent."""

import sys

import pytest

from calls.carriers import registry
from calls.carriers.base import CarrierError, Dial, LineConfig
from calls.carriers.sip import settings

LINE = LineConfig("l", "sip", "Head office", {"host": "127.0.0.1"})


async def refusal(**dial: object) -> str:
    with pytest.raises(CarrierError) as error:
        await registry.get("sip").dial(Dial(**{"call_id": "c", "to": "+15551234567", "line": LINE, **dial}))
    return str(error.value)


async def test_without_the_package_only_sip_is_missing_and_says_so(monkeypatch):
    for name in [name for name in sys.modules if name.startswith(("baresip", "calls.carriers.sip.placing", "calls.carriers.sip.runtime"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "calls.carriers.sip.line", raising=False)
    monkeypatch.setitem(sys.modules, "baresip", None)
    assert registry.get("sip").kind == "sip" and registry.get("simulated")
    assert await refusal() == settings.MISSING


async def test_refusals_in_words():
    assert await refusal(line=None) == "The call names no SIP line."
    wrong = LineConfig("l", "sip", "Head office", {"host": "127.0.0.1", "transport": "sctp"})
    assert "settings of the line Head office cannot be used. Transport:" in await refusal(line=wrong)
    no_keys = LineConfig("l", "sip", "Head office", {"host": "127.0.0.1", "precall_keys": False})
    assert "does not press keys" in await refusal(line=no_keys, options={"precall_dtmf_sequence": "1"})
