from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Triporteur"

    def ready(self) -> None:
        import config.checks
