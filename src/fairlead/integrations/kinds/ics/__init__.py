"""Calendars at secret addresses, in iCalendar form: Google, Outlook, Nextcloud and whatever else speaks it."""
