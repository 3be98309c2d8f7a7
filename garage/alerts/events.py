"""News of the alerts."""

from config.lib.events import Event

alert_raised = Event(
    "alert_raised", "alert_id, days: an alert reached a rung of its ladder (30, 7 or 0), each told once"
)
