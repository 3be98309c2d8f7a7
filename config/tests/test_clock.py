from celery.schedules import crontab

from config.celery import app


def test_every_entry_of_the_clock_names_a_task():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


def minutes_of_day(task):
    [schedule] = [entry["schedule"] for entry in app.conf.beat_schedule.values() if entry["task"].endswith(task)]
    assert isinstance(schedule, crontab)
    return sorted(60 * hour + minute for hour in schedule.hour for minute in schedule.minute)


def test_alerts_are_computed_at_night_between_the_kilometres_and_the_message_to_staff():
    [measured], [told] = minutes_of_day("measure_tracks"), minutes_of_day("tell_alert_digest")
    nightly, *by_day = minutes_of_day("compute_alerts")
    assert measured < nightly < told
    assert by_day, "a machine that sleeps at night computes them later"
