from django.urls import path

from config.views.settings import profile

urlpatterns = [
    path("", profile.index, name="settings"),
    path("profile", profile.profile, name="settings-profile"),
    path("theme", profile.theme, name="theme"),
]
