from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "fairlead.notices"
    label = "notices"
