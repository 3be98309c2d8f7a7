"""The clock's doors to communities. Each calls one service per row; safe to run twice."""

from celery import shared_task
from django.utils import timezone

from accounts.communities import queries, services


@shared_task
def expire_requests() -> int:
    """End the votes whose time is over."""
    due = queries.due_requests(timezone.now())
    for request_id in due:
        services.close_request(request_id=request_id)
    return len(due)


@shared_task
def pay_monthly_contributions() -> int:
    """Give what is owed today. One that fails does not keep the others waiting."""
    due = queries.due_contributions(timezone.localdate())
    return sum(services.run_monthly(contribution_id=pk) for pk in due)
