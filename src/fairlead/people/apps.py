from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "fairlead.people"
    label = "people"
