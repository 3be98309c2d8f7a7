from datetime import date

import pytest

from garage.vehicles.rules import BadPlate, BadVin, due_state, normal_plate, normal_vin


@pytest.mark.parametrize("written,normal", [
    ("AB-123-CD", "AB-123-CD"), ("ab 123 cd", "AB-123-CD"), ("ab123cd", "AB-123-CD"), ("WW-123-AB", "WW-123-AB"),
    ("1234 AB 75", "1234 AB 75"), ("0234ab75", "234 AB 75"), ("12 abc 2a", "12 ABC 2A"), ("1 A 971", "1 A 971"),
    ("AB-12-C", "AB-12-C"), ("a 123 b", "A-123-B"),
])
def test_plates_in_their_usual_form(written, normal):
    assert normal_plate(written) == normal
    assert normal_plate(normal) == normal


@pytest.mark.parametrize("written", [
    "", "AB-12-CDE", "AI-123-CD", "AB-123-CO", "AU-123-CD", "SS-123-AB", "AB-123-SS", "AB-123-WW", "AB-000-CD",
    "1234 AB 99", "1234 AB 00", "0 AB 75", "12345 A 75", "123", "ABCDEFG", "AB-00-C",
])
def test_what_is_no_french_plate(written):
    with pytest.raises(BadPlate):
        normal_plate(written)


def test_vin():
    assert normal_vin("vf1 fc000 123456789") == "VF1FC000123456789"
    assert normal_vin("") == ""
    for wrong in ("VF1FC00012345678", "VF1FC0001234567890", "VF1FC00012345678O", "VF1FC00012345678I", "Q" * 17):
        with pytest.raises(BadVin):
            normal_vin(wrong)


def test_due_states():
    today = date(2026, 3, 1)
    states = [due_state(day, today) for day in (None, date(2026, 2, 28), today, date(2026, 3, 31), date(2026, 4, 1))]
    assert states == ["", "late", "soon", "soon", ""]
