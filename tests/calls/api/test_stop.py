from uuid import uuid4

from calls.states import State
from tests import factories


def test_stop_takes_a_waiting_call_out_of_the_queue(api, account):
    call = factories.call(account, state=State.QUEUED)
    for body in ("", "{}"):
        response = api.post(f"/v1/calls/{call.uid}/stop", data=body, content_type="application/json")
        assert response.status_code == 200
    assert response.json() == {"status": "success", "message": "Call has already ended."}
    call.refresh_from_db()
    assert (call.state, call.status, call.stop_requested_by) == ("complete", "canceled", "API key tests")


def test_stop_asks_the_runner_of_a_live_call(api, account):
    call = factories.call(account, state=State.STARTED)
    response = api.post(f"/v1/calls/{call.uid}/stop")
    assert response.json() == {"status": "success", "message": "Call ended successfully."}
    call.refresh_from_db()
    assert call.state == State.STARTED and call.stop_requested_at is not None


def test_stop_of_nobodys_and_of_a_strangers_call(api, strangers_call):
    for call_id in (strangers_call.uid, uuid4(), "x"):
        response = api.post(f"/v1/calls/{call_id}/stop")
        assert (response.status_code, response.json()) == (404, {"status": "error", "message": "SID not found for the given c_id."})
    strangers_call.refresh_from_db()
    assert strangers_call.state == State.NEW


def test_stop_all(api, account, strangers_call):
    factories.call(account, state=State.QUEUED)
    factories.call(account, state=State.STARTED)
    factories.call(account, state=State.COMPLETE)
    response = api.post("/v1/calls/active/stop")
    assert response.json() == {"status": "success", "message": "2 calls will be ended.", "num_calls": 2}
    strangers_call.refresh_from_db()
    assert strangers_call.state == State.NEW


def test_stop_by_the_other_address_and_method(api, account):
    call = factories.call(account, state=State.QUEUED)
    assert api.post(f"/v1/calls/{call.uid}/stop/").json()["message"] == "Call ended successfully."
    assert api.get(f"/v1/calls/{call.uid}/stop").status_code == 405
    assert api.get("/v1/calls/active/stop").status_code == 405
