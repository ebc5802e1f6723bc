from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "calls"

    def ready(self) -> None:
        from calls import pickers, receivers  # noqa: F401  models are there only now
        from calls.api import records

        pickers.offer()
        records.offer()
