"""Which facts a call is asked for: a list that a persona names may have been deleted since, one that a request names may not."""

from uuid import uuid4

import pytest

from calls import settings_shown
from calls.models import Call
from personas import citation_schemas, versions
from personas.content import Content
from personas.versions import About

pytestmark = pytest.mark.django_db


def test_a_persona_that_names_a_deleted_list_still_calls(client, account, key):
    kept, gone = (citation_schemas.create(account, citation_schemas.Content(name)) for name in ("Pets", "Cars"))
    persona = versions.create(account, About("Walt"), Content({"task": "Hello.", "citation_schema_ids": [str(kept.uid), str(gone.uid)]}))
    citation_schemas.delete(gone)
    body = {"phone_number": "+15005550006", "persona_id": str(persona.uid)}
    ask = {"content_type": "application/json", "headers": {"authorization": key}}
    assert client.post("/v1/calls", {**body, "citation_schema_ids": [str(uuid4())]}, **ask).status_code == 404
    answer = client.post("/v1/calls", body, **ask)
    assert answer.status_code == 200, answer.json()
    call = Call.objects.get()
    assert call.config["citation_schema_ids"] == [str(kept.uid)]
    assert f'Citation schema with ID "{gone.uid}" not found: it is ignored.' in call.notes
    shown = {setting.label: setting for setting in settings_shown.settings(call)}
    assert (shown["Facts to find"].value, shown["Facts to find"].source) == ("Pets", "persona")
