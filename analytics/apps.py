from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "analytics"

    def ready(self) -> None:
        from analytics import receivers  # noqa: F401
        from analytics.questions import chapter as questions
        from analytics.schemas import chapter as schemas
        from calls.api import chapters

        chapters.add(schemas.CHAPTER, questions.CHAPTER)
