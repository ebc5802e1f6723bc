from django.urls import path

from analytics import views
from analytics.questions import views as questions

urlpatterns = [
    path("", views.home, name="home"),
    path("analytics/questions", questions.questions, name="questions"),
    path("analytics/questions/ask", questions.ask, name="questions-ask"),
    path("analytics/questions/<uuid:uid>", questions.run, name="questions-run"),
    path("analytics/questions/<uuid:uid>/stop", questions.stop, name="questions-stop"),
    path("analytics/questions/<uuid:uid>/answers.csv", questions.file, name="questions-file"),
]
