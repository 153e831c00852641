from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "fairlead.events"
    label = "events"

    def ready(self) -> None:
        from fairlead import jobs
        from fairlead.events.tenancy import tenant

        jobs.configure(around=tenant)
