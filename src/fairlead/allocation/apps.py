from django.apps import AppConfig


class AllocationConfig(AppConfig):
    name = "fairlead.allocation"
    label = "allocation"
