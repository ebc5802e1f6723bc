"""Addresses of the pages of pathways that lead a conversation, below /pathways/<uid>/: rehearsals, the test chat, publishing."""

from django.urls import path

from calls.views import pathway_chat, publish, rehearsals

urlpatterns = [
    path("<uuid:uid>/chat", pathway_chat.pathway_chat, name="pathway-chat"),
    path("<uuid:uid>/publish", publish.pathway_publish, name="pathway-publish"),
    path("<uuid:uid>/rehearsals", rehearsals.rehearsals, name="rehearsals"),
    path("<uuid:uid>/rehearsals/run", rehearsals.rehearsal_run, name="rehearsal-run"),
    path("<uuid:uid>/rehearsals/replay", rehearsals.rehearsal_replay, name="rehearsal-replay"),
    path("<uuid:uid>/rehearsals/new", rehearsals.scenario_edit, name="scenario-new"),
    path("<uuid:uid>/rehearsals/runs/<uuid:run>", rehearsals.rehearsal_result, name="rehearsal-result"),
    path("<uuid:uid>/rehearsals/<uuid:scenario>", rehearsals.scenario_edit, name="scenario"),
    path("<uuid:uid>/rehearsals/<uuid:scenario>/<slug:deed>", rehearsals.scenario_deed, name="scenario-deed"),
]
