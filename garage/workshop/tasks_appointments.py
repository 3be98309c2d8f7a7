"""The clock's doors of appointments."""

from celery import shared_task

from garage.workshop.services import appointments, resources


@shared_task(name="garage.workshop.tasks.remind_of_appointments")
def remind_of_appointments() -> int:
    """The day before. Safe to run twice."""
    return appointments.send_reminders()


@shared_task(name="garage.workshop.tasks.load_holidays")
def load_holidays() -> int:
    """Public holidays of this year and the next two. Safe to run twice."""
    return resources.load_coming_holidays()
