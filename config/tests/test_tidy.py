from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import IdempotentAnswer
from config.lib.idempotency import KEPT
from config.tasks import tidy

pytestmark = pytest.mark.django_db


def test_the_nightly_tidying_forgets_answers_that_nobody_asks_for_any_more():
    for key, age in (("old", KEPT + timedelta(hours=1)), ("young", KEPT - timedelta(hours=1))):
        IdempotentAnswer.objects.create(owner="user:1", key=key, fingerprint="f", created_at=timezone.now() - age)
    tidy()
    assert [row.key for row in IdempotentAnswer.objects.all()] == ["young"]
