"""Addresses of the Settings pages, below /settings/."""

from django.urls import path

from config.views.settings import keys, members, model, numbers, office, profile, rules, speech

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
    path("speech", speech.speech, name="settings-speech"),
    path("speech/sample/<slug:voice>", speech.sample, name="settings-voice-sample"),
    path("office", office.office, name="settings-account"),
    path("audit", office.audit_log, name="settings-audit"),
]
