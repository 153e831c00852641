from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "fairlead.archive"
    label = "archive"
