from django.db import models

from config.lib.jobs import OwedJob


class Chore(OwedJob):
    TASK = "config.tests.chores.tasks.do_chore"
    minutes = models.PositiveSmallIntegerField(default=0)

    class Meta:
        app_label = "chores"


class Effect(models.Model):
    """What a chore leaves behind: a second row for the same chore would be a job done twice."""

    chore = models.ForeignKey(Chore, on_delete=models.CASCADE)

    class Meta:
        app_label = "chores"
