from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    label = "config"
    verbose_name = "Accounts and settings"

    def ready(self) -> None:
        from config import checks, orphan  # noqa: F401

        orphan.watch()
