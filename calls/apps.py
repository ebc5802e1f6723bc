from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "calls"

    def ready(self) -> None:
        from calls import pickers, receivers, records  # noqa: F401  models are there only now

        pickers.offer()
        records.offer()
