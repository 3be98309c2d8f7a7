"""An alert turned into a priced draft, and quotes that are asked for again."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from config.lib.testing import api
from garage.alerts import services
from garage.alerts.models import Alert, InspectionRule
from garage.alerts.services import quoting
from garage.alerts.tests.factories import alert_of, car_of, in_days, item_of, known_since
from garage.quotes.events import quote_follow_up_due
from garage.quotes.models import LabourRate, Package, PackageLine, Quote
from garage.quotes.tests.factories import quote_of, sent_quote
from garage.workshop.models import Appointment
from garage.workshop.queries.appointments import FreeSlot
from garage.workshop.services import appointments
from garage.workshop.tests.appointment_factories import booked, open_garage
from shop.catalogue.tests.factories import make_product

pytestmark = pytest.mark.django_db


def package_of(item=None, *, price=None, hours="1.50", parts=()):
    package = Package.objects.create(
        code="VID", name="Vidange", price=price and Decimal(price), hours=Decimal(hours), is_active=True
    )
    for product in parts:
        PackageLine.objects.create(package=package, kind="PIECE", product=product, quantity=2)
    if item:
        item.packages.add(package)
    return package


def service_alert(**package):
    item = item_of(every_km=None, every_months=12)
    made = package_of(item, **package) if package else None
    car = known_since(car_of(first_registration=in_days(-360 * 2), odometer_km=30_000), 100)
    services.compute_vehicles(vehicle_ids=[car.pk])
    return Alert.objects.get(kind="ENTRETIEN"), made


def made_of(alert, dora):
    answer = api(dora).post(f"/api/garage/alerts/{alert.pk}/quote")
    assert answer.status_code == 201, answer.data
    return answer.data, Quote.objects.get(pk=answer.data["quote"])


def test_a_package_becomes_one_priced_line(dora):
    alert, package = service_alert(price="129.00")
    data, quote = made_of(alert, dora)
    line = quote.lines.get()
    assert (line.kind, line.package, line.total, data["total"]) == ("FORFAIT", package, Decimal("129.00"), "129.00")
    assert (quote.status, quote.vehicle_id, quote.odometer_km) == ("BROUILLON", alert.vehicle_id, 30_000)


def test_a_package_without_a_price_is_quoted_line_by_line_at_the_shops_prices(dora):
    oil = make_product(sku="OIL", name="Huile", price=Decimal("12.50"))
    alert, _package = service_alert(parts=[oil])
    _data, quote = made_of(alert, dora)
    assert [(line.product, line.quantity, line.total) for line in quote.lines.all()] == [(oil, 2, Decimal("25.00"))]


def test_without_a_package_an_hour_of_labour_at_the_rate_on_display(dora):
    LabourRate.objects.all().delete()
    LabourRate.objects.create(skill="T1", price=Decimal("66.00"), valid_from="2020-01-01", source="x")
    alert, _package = service_alert()
    _data, quote = made_of(alert, dora)
    line = quote.lines.get()
    assert (line.description, line.skill, line.total) == ("Vidange", "T1", Decimal("66.00"))


def test_without_a_rate_either_it_is_refused(dora):
    LabourRate.objects.all().delete()
    alert, _package = service_alert()
    answer = api(dora).post(f"/api/garage/alerts/{alert.pk}/quote")
    assert (answer.status_code, answer.data["code"]) == (409, "no_labour_rate")
    assert not Quote.objects.exists()


def test_an_inspection_offers_the_package_of_its_rule(dora):
    package = package_of(price="89.00")
    InspectionRule.objects.filter(vehicle_kind="VOITURE").update(package=package)
    _data, quote = made_of(alert_of(), dora)
    assert quote.lines.get().package == package


@pytest.mark.parametrize(("postal_code", "rate"), [("75011", "20.00"), ("97400", "8.50"), ("97110", "8.50")])
def test_vat_is_that_of_the_shops_territory(dora, settings, postal_code, rate):
    settings.SHOP_POSTAL_CODE = postal_code
    alert, _package = service_alert(price="129.00")
    _data, quote = made_of(alert, dora)
    assert quote.lines.get().vat_rate == Decimal(rate)
    assert quote.total == Decimal("129.00")
    assert quote.vat == (Decimal("129.00") - Decimal("129.00") / (1 + Decimal(rate) / 100)).quantize(Decimal("0.01"))


def test_an_exempt_shop_charges_none(dora, settings):
    settings.SHOP_VAT_EXEMPT = True
    alert, _package = service_alert(price="129.00")
    assert made_of(alert, dora)[1].vat == 0


def test_the_first_free_slot_is_proposed_to_the_client(dora):
    open_garage()
    alert, _package = service_alert(price="129.00", hours="1.50")
    data, quote = made_of(alert, dora)
    starts, ends = (timezone.datetime.fromisoformat(data["slot"][name]) for name in ("starts_at", "ends_at"))
    assert starts > timezone.now()
    assert ends - starts >= timedelta(hours=1.5)
    assert f"{timezone.localtime(starts):%H:%M}" in quote.message


def test_asked_twice_it_is_one_draft(dora):
    alert, _package = service_alert(price="129.00")
    _data, quote = made_of(alert, dora)
    again = api(dora).post(f"/api/garage/alerts/{alert.pk}/quote")
    assert (again.status_code, again.data["quote"]) == (200, quote.pk)
    assert Quote.objects.count() == 1


def test_a_declined_draft_gives_way_to_a_new_one(dora):
    alert, _package = service_alert(price="129.00")
    _data, quote = made_of(alert, dora)
    Quote.objects.filter(pk=quote.pk).update(status="REFUSE")
    assert made_of(alert, dora)[1].pk != quote.pk


def test_an_insurance_cannot_be_quoted(dora):
    answer = api(dora).post(f"/api/garage/alerts/{alert_of(insured_for=3).pk}/quote")
    assert (answer.status_code, answer.data["code"]) == (409, "nothing_to_quote")


def test_only_staff_make_quotes(alice, charlie):
    alert = alert_of(alice)
    assert api(alice).post(f"/api/garage/alerts/{alert.pk}/quote").status_code == 403
    assert api(charlie).post(f"/api/garage/alerts/{alert.pk}/quote").status_code == 404


# --- With its appointment ---------------------------------------------------------------------------------------
def test_the_free_time_is_booked_with_the_quote_and_the_alert_waits_until_then(dora):
    open_garage()
    alert, _package = service_alert(price="129.00", hours="1.50")
    free = services.slots_for(alert)[0]
    answer = api(dora).post(f"/api/garage/alerts/{alert.pk}/quote", {"book": True})
    quote, booked = Quote.objects.get(), Appointment.objects.get()
    assert (answer.status_code, answer.data["quote"], answer.data["appointment"]) == (201, quote.pk, booked.pk)
    assert (booked.origin, booked.quote, booked.vehicle_id) == ("ALERTE", quote, alert.vehicle_id)
    assert (booked.starts_at, booked.hours, booked.reason) == (free.starts_at, Decimal("1.50"), "Vidange")
    assert timezone.datetime.fromisoformat(answer.data["slot"]["starts_at"]) == booked.starts_at
    assert f"{timezone.localtime(free.starts_at):%H:%M}" in quote.message
    assert "pourrions" not in quote.message, "it is no proposal any more"
    alert.refresh_from_db()
    assert alert.snoozed_until > timezone.localdate(booked.starts_at)


def test_asked_again_it_is_the_same_draft_and_the_same_appointment(dora):
    open_garage()
    alert, _package = service_alert(price="129.00")
    said = [api(dora).post(f"/api/garage/alerts/{alert.pk}/quote", {"book": True}) for _time in range(3)]
    assert [answer.status_code for answer in said] == [201, 200, 200]
    assert said[0].data == said[1].data == said[2].data
    assert (Quote.objects.count(), Appointment.objects.count()) == (1, 1)
    plain = api(dora).post(f"/api/garage/alerts/{alert.pk}/quote")
    assert plain.data == said[0].data, "what is booked is told to who did not ask for it"


def test_a_draft_that_has_no_appointment_gets_one_when_it_is_asked_for(dora):
    open_garage()
    alert, _package = service_alert(price="129.00")
    data, quote = made_of(alert, dora)
    assert (data["appointment"], Appointment.objects.count()) == (None, 0)
    answer = api(dora).post(f"/api/garage/alerts/{alert.pk}/quote", {"book": True})
    assert (answer.status_code, answer.data["quote"]) == (200, quote.pk)
    assert Appointment.objects.get().quote == quote
    appointments.cancel_appointment(actor=dora, appointment_id=answer.data["appointment"])
    again = api(dora).post(f"/api/garage/alerts/{alert.pk}/quote", {"book": True})
    assert again.data["appointment"] != answer.data["appointment"], "a cancelled one is none"


def test_a_time_that_somebody_takes_meanwhile_leaves_nothing_half_done(dora, monkeypatch):
    open_garage()
    alert, _package = service_alert(price="129.00")
    taken = booked(alert.vehicle)
    monkeypatch.setattr(quoting, "first_slot", lambda _quote: FreeSlot(taken.starts_at, taken.ends_at))
    answer = api(dora).post(f"/api/garage/alerts/{alert.pk}/quote", {"book": True})
    assert (answer.status_code, answer.data["code"]) == (409, "slot_taken")
    alert.refresh_from_db()
    assert (Quote.objects.count(), Appointment.objects.count()) == (0, 1)
    assert (alert.draft, alert.snoozed_until) == (None, None)


def test_without_a_free_time_there_is_a_quote_and_no_appointment(dora):
    alert, _package = service_alert(price="129.00")
    answer = api(dora).post(f"/api/garage/alerts/{alert.pk}/quote", {"book": True})
    assert (answer.status_code, answer.data["slot"], answer.data["appointment"]) == (201, None, None)


def test_only_a_yes_or_no_is_understood_and_a_stranger_is_not_told_so(dora, charlie):
    alert = alert_of()
    for user, status in ((dora, 422), (charlie, 404)):
        assert api(user).post(f"/api/garage/alerts/{alert.pk}/quote", {"book": "demain"}).status_code == status
    assert not Quote.objects.exists()


# --- Asking for an answer --------------------------------------------------------------------------------------
@pytest.fixture
def asked(monkeypatch):
    told = []
    monkeypatch.setattr(quote_follow_up_due, "listeners", [lambda quote_id: told.append(quote_id)])
    return told


def waiting(*, sent, left, plate="AB-123-CD"):
    quote = sent_quote(quote_of(vehicle=car_of(plate=plate), valid_until=in_days(left)))
    Quote.objects.filter(pk=quote.pk).update(sent_at=timezone.now() - timedelta(days=sent))
    return quote


def test_a_client_is_asked_after_a_week_and_before_the_end_each_once(asked, commit):
    quote = waiting(sent=7, left=20)
    for _night in range(3):
        with commit():
            services.compute_quotes()
    assert asked == [quote.pk]
    Quote.objects.filter(pk=quote.pk).update(valid_until=in_days(3))
    for _night in range(3):
        with commit():
            services.compute_quotes()
    assert asked == [quote.pk, quote.pk]


def test_hearing_the_news_twice_asks_once(asked, commit):
    quote = waiting(sent=8, left=20)
    with commit():
        services.compute_quotes()
    alert = Alert.objects.get(quote=quote)
    with commit():
        assert services.follow_up(alert_id=alert.pk, days=30) is False
    assert asked == [quote.pk]


def test_nobody_is_asked_on_the_last_day_or_after_an_answer(asked, commit):
    late, answered = waiting(sent=20, left=0), waiting(sent=20, left=10, plate="CD-123-EF")
    Quote.objects.filter(pk=answered.pk).update(status="REFUSE")
    with commit():
        services.compute_quotes()
    assert asked == []
    assert Alert.objects.get().quote == late
