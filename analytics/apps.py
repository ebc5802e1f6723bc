from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "analytics"

    def ready(self) -> None:
        from analytics import receivers  # noqa: F401
        from analytics.schemas import chapter
        from calls.api import chapters

        chapters.add(chapter.CHAPTER)
