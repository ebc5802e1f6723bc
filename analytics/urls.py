from django.urls import path

from analytics import outcome_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("calls/<uuid:uid>/outcome", outcome_views.correct, name="outcome-correct"),
    path("calls/<uuid:uid>/outcome/back", outcome_views.give_back, name="outcome-back"),
    path("analytics/", views.analytics, name="analytics"),
    path("analytics/<slug:name>.csv", views.analytics_csv, name="analytics-csv"),
]
