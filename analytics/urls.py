from django.urls import path

from analytics import views

urlpatterns = [
    path("", views.home, name="home"),
    path("analytics/", views.analytics, name="analytics"),
    path("analytics/<slug:name>.csv", views.analytics_csv, name="analytics-csv"),
]
