from datetime import time

from django.db import migrations, models
from django.utils import timezone, translation
from django.utils.translation import gettext

from config.lib.holidays import french_holidays

YEARS = 3


def open_the_garage(apps, schema_editor):
    """Hours to begin with, and the public holidays of the coming years. Staff change both in the admin."""
    week = [(day, *hours) for day in range(5) for hours in ((time(8), time(12)), (time(13), time(18)))]
    opening, closure = apps.get_model("garage", "OpeningHours"), apps.get_model("garage", "Closure")
    if not opening.objects.exists():
        for weekday, opens, closes in [*week, (5, time(8), time(12))]:
            opening.objects.create(weekday=weekday, opens=opens, closes=closes)
    this_year = timezone.localdate().year
    with translation.override("fr"):
        for year in range(this_year, this_year + YEARS):
            for day, name in french_holidays(year):
                closure.objects.create(first_day=day, last_day=day, label=gettext(name), is_holiday=True)


class Migration(migrations.Migration):

    dependencies = [
        ('garage', '0006_readings_of_the_odometer'),
    ]

    operations = [
        migrations.AddField(
            model_name='appointment',
            name='hours',
            field=models.DecimalField(decimal_places=2, default=1, help_text='counted within the opening hours: breaks, nights and closed days come on top', max_digits=5, verbose_name='hours of work'),
        ),
        migrations.AddField(
            model_name='closure',
            name='is_holiday',
            field=models.BooleanField(default=False, editable=False, verbose_name='public holiday'),
        ),
        migrations.RunPython(open_the_garage, migrations.RunPython.noop),
    ]
