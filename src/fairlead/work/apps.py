from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "fairlead.work"
    label = "work"
