from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "calls"

    def ready(self) -> None:
        from calls import own_carrier, pickers, receivers, signals  # noqa: F401  models are there only now

        pickers.offer()
        signals.call_ended.connect(own_carrier.forget, dispatch_uid="forget own carrier")
