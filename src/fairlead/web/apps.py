from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "fairlead.web"
    label = "web"
