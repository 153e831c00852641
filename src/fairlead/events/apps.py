from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "fairlead.events"
    label = "events"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from fairlead import jobs
        from fairlead.events.tenancy import tenant
        from fairlead.lib.pg_times import read_moments_quickly

        connection_created.connect(read_moments_quickly)
        jobs.configure(around=tenant)
