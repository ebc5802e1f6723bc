"""Addresses of the Settings pages, below /settings/."""

from django.urls import path

from config.views.settings import keys, lines, members, model, numbers, office, own_key, own_numbers, profile, rules, speech

urlpatterns = [
    path("", profile.index, name="settings"),
    path("profile", profile.profile, name="settings-profile"),
    path("password", profile.password, name="settings-password"),
    path("theme", profile.theme, name="theme"),
    path("office/switch", profile.switch, name="switch-office"),
    path("keys", keys.keys, name="settings-keys"),
    path("keys/<int:pk>/revoke", keys.revoke, name="settings-key-revoke"),
    path("members", members.members, name="settings-members"),
    path("members/<int:pk>/link", members.link, name="settings-member-link"),
    path("members/<int:pk>/role", members.change_role, name="settings-member-role"),
    path("members/<int:pk>/remove", members.remove, name="settings-member-remove"),
    path("rules", rules.rules, name="settings-rules"),
    path("numbers", numbers.numbers, name="settings-numbers"),
    path("numbers/<slug:kind>", numbers.numbers, name="settings-numbers-of"),
    path("numbers/<slug:kind>/<int:pk>/remove", numbers.remove, name="settings-number-remove"),
    path("model", model.model, name="settings-model"),
    path("lines", lines.lines, name="settings-lines"),
    path("lines/new-sip", lines.new, {"kind": "sip"}, name="settings-line-new-sip"),
    path("lines/new-twilio", lines.new, {"kind": "twilio"}, name="settings-line-new-twilio"),
    path("lines/<uuid:uid>", lines.edit, name="settings-line"),
    path("lines/<uuid:uid>/test", lines.test, name="settings-line-test"),
    path("lines/<uuid:uid>/switch", lines.switch, name="settings-line-switch"),
    path("lines/<uuid:uid>/default", lines.make_default, name="settings-line-default"),
    path("lines/<uuid:uid>/remove", lines.remove, name="settings-line-remove"),
    path("own-numbers", own_numbers.own_numbers, name="settings-own-numbers"),
    path("own-numbers/<int:pk>", own_numbers.number, name="settings-own-number"),
    path("own-numbers/<int:pk>/remove", own_numbers.number_remove, name="settings-own-number-remove"),
    path("pools/new", own_numbers.pool_new, name="settings-pool-new"),
    path("pools/<uuid:uid>", own_numbers.pool, name="settings-pool"),
    path("pools/<uuid:uid>/remove", own_numbers.pool_remove, name="settings-pool-remove"),
    path("lines/own-key", own_key.own_key, name="settings-own-key"),
    path("speech", speech.speech, name="settings-speech"),
    path("speech/sample/<slug:voice>", speech.sample, name="settings-voice-sample"),
    path("office", office.office, name="settings-account"),
    path("audit", office.audit_log, name="settings-audit"),
]
