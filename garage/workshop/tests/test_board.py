from datetime import timedelta

import pytest
from django.utils import timezone

from config.lib.actors import SYSTEM
from config.lib.testing import browser
from garage.quotes.tests.factories import LABOUR, quote_of
from garage.workshop.models import Appointment
from garage.workshop.queries.board import board
from garage.workshop.services import appointments as services
from garage.workshop.services import resources
from garage.workshop.tests.appointment_factories import at, booked, car_of, next_day, open_garage

pytestmark = pytest.mark.django_db
URL, NEW = "/garage/planning/", "/garage/planning/nouveau/"


def text(answer):
    return answer.content.decode()


def form_of(**values):
    return {"plate": "ab123cd", "reason": "Vidange", "day": next_day().isoformat(), "time": "09:00", "hours": "1.5", **values}


def test_only_staff_sees_the_board(alice, dora):
    assert browser().get(URL).status_code == 302
    assert browser(alice).get(URL).status_code == 403
    assert browser(alice).get(NEW).status_code == 403
    assert browser(dora).get(URL).status_code == 200


def test_a_week_shows_who_works_on_what_and_how_full_it_is(dora, alice):
    _lifts, _mechanics = open_garage(mechanics=2)
    booked(car_of(alice), at(next_day(), 8), "9", reason="Embrayage")
    shown = board(next_day(), 7)
    assert [(row.resource.name, row.load) for row in shown.rows] == [("Pont 1", 18), ("Mécano 1", 18), ("Mécano 2", 0)]
    assert [len(cell.blocks) for cell in shown.rows[0].cells] == [1, 0, 0, 0, 0, 0, 0]
    assert [cell.is_open for cell in shown.rows[0].cells] == [True] * 6 + [False]
    page = text(browser(dora).get(URL, {"jour": next_day().isoformat()}))
    assert "Embrayage" in page
    assert "18 % taken" in page


def test_today_and_closed_days_are_marked_in_words(dora):
    open_garage()
    today = timezone.localdate()
    resources.save_closure(actor=SYSTEM, first_day=today, last_day=today, label="Inventaire")
    page = text(browser(dora).get(URL))
    assert 'aria-current="date"' in page
    assert "today" in page
    assert "Inventaire" in page


def test_what_lies_on_a_day_closed_later_is_flagged(dora, alice):
    _lifts, [mechanic] = open_garage()
    booked(car_of(alice))
    resources.save_closure(actor=SYSTEM, resource=mechanic, first_day=next_day(), last_day=next_day())
    [lift, person] = board(next_day(), 7).rows
    assert [block.in_conflict for block in lift.cells[0].blocks] == [False]
    assert [block.in_conflict for block in person.cells[0].blocks] == [True]
    assert "closed on this day" in text(browser(dora).get(URL, {"jour": next_day().isoformat()}))


def test_a_day_is_cut_into_quarters_without_gap_or_overlap(dora, alice, monkeypatch):
    open_garage()
    vehicle, monday = car_of(alice), next_day()
    first = booked(vehicle, at(monday, 8, 15), "1.5")
    booked(vehicle, at(monday, 11), "3")
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(monday, 9))
    services.mark_absent(actor=dora, appointment_id=first.pk)
    booked(vehicle, at(monday, 9, 15), "1")  # in the time that nobody used
    shown = board(monday, 1)
    assert len(shown.lines) == 40
    for column in range(2):
        spans = [line.spans[column] for line in shown.lines if line.spans[column]]
        assert sum(span.lines for span in spans) == 40
    spans = [line.spans[0] for line in shown.lines if line.spans[0] and line.spans[0].blocks]
    assert [(span.lines, len(span.blocks)) for span in spans] == [(8, 2), (16, 1)]
    assert browser(dora).get(URL, {"jour": monday.isoformat(), "vue": "jour"}).status_code == 200


def test_work_over_the_weekend_stands_on_each_day_that_is_worked(alice):
    open_garage()
    friday = next_day(4)
    booked(car_of(alice), at(friday, 16), "7")
    cells = board(friday, 4).rows[0].cells
    assert [(bool(c.blocks), [(b.begins_here, b.ends_here) for b in c.blocks]) for c in cells] == [
        (True, [(True, False)]), (True, [(False, False)]), (False, []), (True, [(False, True)]),
    ]


def test_the_board_takes_the_same_queries_however_full_it_is(alice, django_assert_num_queries):
    open_garage(lifts=2, mechanics=2)
    with django_assert_num_queries(5):
        board(next_day(), 7)
    vehicle = car_of(alice)
    for ahead in range(5):
        for hour in (8, 10, 14):
            booked(vehicle, at(next_day() + timedelta(days=ahead), hour))
    with django_assert_num_queries(5):
        assert len(board(next_day(), 7).appointments) == 15


@pytest.mark.parametrize("day", ["x", "9999-12-31", "0001-01-01", "2026-02-30", "\x00"])
def test_a_strange_day_shows_this_week(dora, day):
    open_garage()
    assert browser(dora).get(URL, {"jour": day}).context["board"].today in browser(dora).get(URL, {"jour": day}).context["board"].days


def test_an_empty_workshop_says_what_to_do(dora):
    open_garage(lifts=0, mechanics=0)
    assert "No lift and no mechanic yet" in text(browser(dora).get(URL))


def test_staff_books_by_plate(dora, alice):
    lifts, _mechanics = open_garage(lifts=2)
    vehicle = car_of(alice)
    answer = browser(dora).post(NEW, form_of(lift=lifts[1].pk))
    assert answer["Location"] == f"{URL}?jour={next_day()}&vue=semaine"
    appointment = Appointment.objects.get()
    assert (appointment.vehicle, appointment.lift, appointment.starts_at) == (vehicle, lifts[1], at(next_day(), 9))


@pytest.mark.parametrize("change,field", [
    ({"plate": "ZZ-999-ZZ"}, "plate"), ({"time": "12:15"}, "time"), ({"time": "09:10"}, "time"), ({"day": "0001-01-01"}, "time"),
    ({"hours": "0"}, "hours"), ({"day": "x"}, "day"), ({"lift": "999"}, "lift"), ({"reason": "\x00"}, "reason"), ({"quote": "999"}, None),
])
def test_what_is_wrong_is_said_on_its_field_and_kept(dora, alice, change, field):
    open_garage()
    car_of(alice)
    answer = browser(dora).post(NEW, form_of(**change))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field or "quote"]
    assert not Appointment.objects.exists()


def test_a_quote_fills_the_form(dora, alice):
    open_garage()
    quote = quote_of(alice, lines=[{**LABOUR, "quantity": "2.5"}])
    page = browser(dora).get(NEW, {"devis": quote.pk})
    assert page.context["form"].initial["plate"] == quote.vehicle.plate
    browser(dora).post(NEW, form_of(quote=quote.pk, hours="2.5"))
    assert Appointment.objects.get().quote == quote


def test_a_block_is_dropped_elsewhere(dora, alice):
    lifts, _mechanics = open_garage(lifts=2)
    appointment = booked(car_of(alice), lift_id=lifts[0].pk)
    url, here = f"/garage/rendez-vous/{appointment.pk}/deplacer/", f"{URL}?jour={next_day()}&vue=jour"
    answer = browser(dora).post(url, {"to": f"{next_day()}T14:30", "lift": lifts[1].pk, "mechanic": "", "next": here})
    assert answer["Location"] == here
    appointment.refresh_from_db()
    assert (appointment.starts_at, appointment.lift) == (at(next_day(), 14, 30), lifts[1])


@pytest.mark.parametrize("drop", [{"to": "x"}, {"to": "2027-01-01T25:00"}, {"lift": "x"}, {"lift": "999"}, {"mechanic": 10**30}])
def test_a_drop_that_cannot_be_says_so_and_moves_nothing(dora, alice, drop):
    open_garage()
    appointment = booked(car_of(alice))
    wish = {"to": f"{next_day()}T14:30", "next": "https://elsewhere.example/"} | drop
    answer = browser(dora).post(f"/garage/rendez-vous/{appointment.pk}/deplacer/", wish, follow=True)
    assert answer.redirect_chain == [(f"/garage/rendez-vous/{appointment.pk}/", 302)]
    assert [m.level_tag for m in answer.context["messages"]] == ["error"]
    appointment.refresh_from_db()
    assert appointment.starts_at == at(next_day(), 9)


def test_a_form_moves_it_without_script(dora, alice):
    open_garage()
    appointment = booked(car_of(alice))
    url, client = f"/garage/rendez-vous/{appointment.pk}/deplacer/", browser(dora)
    assert client.get(url).context["form"].initial["day"] == next_day()
    form = {"day": next_day(1).isoformat(), "time": "14:00", "hours": "2"}
    assert client.post(url, form | {"time": "20:00"}).status_code == 422
    assert client.post(url, form).status_code == 302
    appointment.refresh_from_db()
    assert (appointment.starts_at, appointment.ends_at) == (at(next_day(1), 14), at(next_day(1), 16))
    assert "Moved" in text(client.get(f"/garage/rendez-vous/{appointment.pk}/"))


def test_who_came_is_noted(dora, alice):
    open_garage()
    appointment = booked(car_of(alice))
    url = f"/garage/rendez-vous/{appointment.pk}/etat/"
    browser(dora).post(url, {"status": "ABSENT"})
    browser(dora).post(url, {"status": "\x00"})
    appointment.refresh_from_db()
    assert appointment.status == "CONFIRME"
    assert browser(alice).post(url, {"status": "ARRIVE"}).status_code == 403
    browser(dora).post(url, {"status": "ARRIVE"})
    appointment.refresh_from_db()
    assert appointment.status == "ARRIVE"
    assert appointment.starts_at - timedelta(days=1) > timezone.now()
