from django.urls import path

from analytics.questions import views

urlpatterns = [
    path("", views.questions, name="questions"),
    path("ask", views.ask, name="questions-ask"),
    path("<uuid:uid>", views.run, name="questions-run"),
    path("<uuid:uid>/stop", views.stop, name="questions-stop"),
    path("<uuid:uid>/answers.csv", views.file, name="questions-file"),
]
