"""Owed jobs: claimed once, tried again, given up."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.users.models import OutgoingMail
from config.lib import jobs
from config.lib.jobs import LEASE, MAX_TRIES, JobState

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail() -> OutgoingMail:
    return OutgoingMail.objects.create(to="alice@email.test", subject="Hello")


def worker_dies(mail: OutgoingMail) -> None:
    """The claim lapses without a word from the worker."""
    OutgoingMail.objects.filter(pk=mail.pk).update(claimed_at=timezone.now() - LEASE - timedelta(seconds=1))


def test_a_job_is_claimed_by_one_worker(mail):
    assert jobs.claim(OutgoingMail, mail.pk) is not None
    assert jobs.claim(OutgoingMail, mail.pk) is None


def test_a_job_whose_worker_died_is_claimed_again(mail):
    jobs.claim(OutgoingMail, mail.pk)
    worker_dies(mail)
    again = jobs.claim(OutgoingMail, mail.pk)
    assert again is not None
    assert again.tries == 2


def test_a_job_that_kills_its_worker_every_time_is_given_up(mail):
    for _try in range(MAX_TRIES):
        assert jobs.claim(OutgoingMail, mail.pk) is not None
        worker_dies(mail)
    assert jobs.claim(OutgoingMail, mail.pk) is None
    mail.refresh_from_db()
    assert (mail.state, mail.last_error) == (JobState.ECHEC, jobs.WORKER_DIED)
    assert jobs.ring_overdue() == 0


def test_a_job_that_kills_the_only_process_every_time_is_given_up(mail):
    for _try in range(MAX_TRIES):
        assert jobs.claim(OutgoingMail, mail.pk) is not None
        assert jobs.free_claims() == 1
    assert jobs.claim(OutgoingMail, mail.pk) is None
    mail.refresh_from_db()
    assert mail.state == JobState.ECHEC


def test_the_last_try_may_still_succeed(mail):
    OutgoingMail.objects.filter(pk=mail.pk).update(tries=MAX_TRIES - 1)
    job = jobs.claim(OutgoingMail, mail.pk)
    assert job is not None
    assert jobs.claim(OutgoingMail, mail.pk) is None, "it is still running, not dead"
    jobs.done(job)
    mail.refresh_from_db()
    assert mail.state == JobState.FAIT


def test_staff_give_a_failed_job_a_fresh_set_of_tries(mail, settings):
    OutgoingMail.objects.filter(pk=mail.pk).update(tries=MAX_TRIES, state=JobState.ECHEC)
    mail.refresh_from_db()
    jobs.retry(mail)
    assert jobs.claim(OutgoingMail, mail.pk) is not None
