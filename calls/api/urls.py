"""Addresses under /v1. With or without a slash at the end: config.middleware."""

from django.urls import path, re_path

from calls.api import (
    active,
    agent_testing,
    details,
    guard_rails,
    listing,
    me,
    openapi,
    pathway_chat,
    pathway_writing,
    publish,
    recording,
    send,
    stop,
    voices,
)
from config.kit.api import by_method, nothing_here

urlpatterns = [
    path("calls", by_method(GET=listing.list_calls, POST=send.send_call)),
    path("calls/active", active.active),
    path("calls/active/stop", stop.stop_all),
    path("calls/active/stream", active.active_stream),
    path("calls/<str:call_id>", details.details),
    path("calls/<str:call_id>/stop", stop.stop),
    path("calls/<str:call_id>/events", details.events),
    path("calls/<str:call_id>/recording", recording.recording),
    path("recordings/<str:call_id>", recording.recording),
    path("recording/<str:call_id>", recording.recording),
    path("calls/<str:call_id>/transcript/stream", details.transcript_stream),
    path("pathway/generate", pathway_writing.generate),
    path("pathway/generate/status/<uuid:job_id>", pathway_writing.generate_status),
    path("pathway_calls/<str:call_id>", details.pathway_calls),
    path("pathway/<uuid:pathway_id>/publish", publish.publish_pathway),
    path("convo_pathway/<uuid:pathway_id>/publish", publish.publish_pathway),
    path("convo_pathway/publish", publish.publish_named),
    path("pathway/chat/create", pathway_chat.create),
    path("pathway/chat/<str:chat_id>", pathway_chat.say),
    path("agent-testing/scenarios", by_method(GET=agent_testing.list_scenarios, POST=agent_testing.create_scenario)),
    path(
        "agent-testing/scenarios/<str:scenario_id>",
        by_method(GET=agent_testing.get_scenario, PUT=agent_testing.update_scenario, DELETE=agent_testing.delete_scenario),
    ),
    path("agent-testing/scenarios/<str:scenario_id>/run", agent_testing.run_scenario),
    path("agent-testing/batch-run", agent_testing.batch_run),
    path("agent-testing/runs", agent_testing.list_runs),
    path("agent-testing/runs/<str:run_id>", agent_testing.get_run),
    path("guard_rails", by_method(GET=guard_rails.list_rails, POST=guard_rails.create)),
    path(
        "guard_rails/<str:guard_rail_id>",
        by_method(GET=guard_rails.details, PATCH=guard_rails.edit, DELETE=guard_rails.delete),
    ),
    path("me", me.me),
    path("languages", me.languages),
    path("voices", voices.list_voices),
    path("voices/<str:voice_id>", voices.voice),
    path("voices/<str:voice_id>/sample", voices.sample),
    path("speak", voices.speak),
    path("openapi.json", openapi.openapi),
    # not for addresses with a slash at the end: they are first tried without it
    re_path(r"^(?:.*[^/])?$", nothing_here),
]
