from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "fairlead.integrations"
    label = "integrations"
