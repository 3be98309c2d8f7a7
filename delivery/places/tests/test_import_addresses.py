"""Real address files are imperfect; each trap below was met in one."""

import os
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from config.lib.errors import Invalid
from delivery.places.models import AddressPoint
from delivery.places.services import import_addresses

pytestmark = pytest.mark.django_db

SAMPLES = Path(os.environ.get("TRIPORTEUR_SAMPLE_DATA", settings.BASE_DIR.parent / "shared" / "data"))
real_files = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample files are not beside the checkout")

BAL13 = "\ufeffcle_interop;uid_adresse;voie_nom;numero;suffixe;commune_nom;position;x;y;long;lat;source;date_der_maj"
BAL15 = (
    "cle_interop;id_ban_commune;id_ban_toponyme;id_ban_adresse;commune_insee;toponyme;numero;suffixe;commune_nom;"
    "position;long;lat;x;y;source;date_der_maj"
)


def bal13(key="75103_0001_00012", street="Rue du Temple", number="12", suffix="", town="Paris", position="entrée",
          lon="2.36", lat="48.86", at="2020-01-31"):
    return f"{key};;{street};{number};{suffix};{town};{position};1;2;{lon};{lat};Ville;{at}"


def test_bal_1_3_with_bom_and_bal_1_5_name_their_columns_differently():
    import_addresses(lines=[BAL13, bal13()])
    import_addresses(lines=[BAL15, "31591_xxxx_00009;;;;31591;Rue des 3 Places;9;;Escoulis;entrée;1.0;43.1;;;;2020-11-09"])
    assert list(AddressPoint.objects.order_by("pk").values_list("street", "number", "insee")) == [
        ("Rue du Temple", 12, "75103"), ("Rue des 3 Places", 9, "31591"),
    ]


def test_importing_twice_changes_nothing_and_a_new_position_updates():
    first = import_addresses(lines=[BAL13, bal13()])
    second = import_addresses(lines=[BAL13, bal13(lat="48.87")])
    assert (first.imported, first.updated, second.imported, second.updated) == (1, 0, 0, 1)
    assert AddressPoint.objects.get().lat == 48.87


def test_a_key_repeated_in_one_file_is_one_point_and_two_kinds_of_position_are_two():
    report = import_addresses(lines=[BAL13, bal13(), bal13(lat="48.9"), bal13(position="parcelle")])
    assert (report.imported, report.updated) == (2, 1)
    assert AddressPoint.objects.get(position="entrée").lat == 48.9


@pytest.mark.parametrize(
    "row, reason",
    [
        (bal13(lat=""), "no coordinates"),
        (bal13(lat="north"), "not numbers"),
        (bal13(lat="148.2"), "out of range"),
        (bal13(lat="0", lon="0"), "out of range"),
        (bal13(lat="nan"), "out of range"),
        (bal13(number=""), "not a number"),
        (bal13(number="douze"), "not a number"),
        (bal13(number="99999"), "without number"),
        (bal13(street=""), "no street"),
        (bal13(town=""), "no town"),
        (bal13(key=""), "no key"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_with_its_reason_and_the_others_stay(row, reason):
    report = import_addresses(lines=[BAL13, row, bal13(key="75103_0001_00014", number="14")])
    assert (report.imported, report.refused) == (1, 1)
    assert reason in dict(report.remarks)[2]


def test_what_can_be_repaired_is_kept_and_said():
    report = import_addresses(
        lines=[BAL13, bal13(number="163,0000000000", at="2013.01.26", position="ddfdf", lat="48,86")]
    )
    point = AddressPoint.objects.get()
    assert (point.number, point.updated_on, point.position, point.lat) == (163, None, "", 48.86)
    said = " ".join(text for _line, text in report.remarks)
    assert all(word in said for word in ("163", "2013.01.26", "ddfdf"))


def test_a_suffix_missing_from_its_column_is_read_from_the_key():
    import_addresses(lines=[BAL13, bal13(key="67482_5740_8_BIS", number="8"), bal13(key="35001_0010_5_x9", number="5")])
    assert list(AddressPoint.objects.order_by("pk").values_list("suffix", flat=True)) == ["bis", ""]


def test_a_good_date_and_the_plain_list_are_read():
    import_addresses(lines=[BAL13, bal13()])
    assert AddressPoint.objects.get().updated_on == date(2020, 1, 31)
    import_addresses(lines=[
        "numero,voie,code_postal,ville,nom,lat,lon,osm",
        '24b,"Rue des Gravilliers",75003,Paris,"Café, bar",48.863855,2.356783,n1',
    ])
    point = AddressPoint.objects.get(key="osm:n1")
    assert (point.number, point.suffix, point.name) == (24, "bis", "Café, bar")


def test_another_file_is_refused_as_a_whole():
    with pytest.raises(Invalid):
        import_addresses(lines=["id;name", "1;x"])
    with pytest.raises(Invalid):
        import_addresses(lines=[])


def test_the_command_reads_old_spreadsheets_and_says_what_happened(tmp_path, capsys):
    path = tmp_path / "old.csv"
    path.write_bytes("\r\n".join([BAL13[1:], bal13(street="Allée des Tilleuls")]).encode("cp1252"))
    call_command("import_addresses", str(path))
    assert AddressPoint.objects.get().street == "Allée des Tilleuls"
    assert "1 imported, 0 updated, 0 refused" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("import_addresses", str(tmp_path / "missing.csv"))


@real_files
@pytest.mark.parametrize("name, kept", [("bal_1.5_valid.csv", 1), ("bal_sample.csv", 14), ("paris_addresses.csv", 30)])
def test_the_real_files_are_imported(name, kept, capsys):
    call_command("import_addresses", str(SAMPLES / name))
    assert AddressPoint.objects.count() >= kept, capsys.readouterr().out
