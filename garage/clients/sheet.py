"""Clients as rows of a spreadsheet."""

from typing import Any

from phonenumber_field.phonenumber import to_python
from phonenumbers import PhoneNumberFormat

from config.lib.sheets import SheetResource
from garage.clients import queries, services
from garage.clients.models import Client
from garage.clients.rules import plain_name

COLUMNS = (
    "id", "kind", "name", "email", "phone", "line1", "line2", "postal_code", "city", "country", "language", "siren",
    "vat_number", "notes",
)
DEFAULTS = {"kind": "PARTICULIER", "country": "FR", "language": "fr"}


class ClientResource(SheetResource):
    class Meta(SheetResource.Meta):
        model = Client
        fields = COLUMNS
        import_order = COLUMNS
        export_order = COLUMNS
        import_id_fields = ("id",)

    def get_queryset(self) -> Any:
        return Client.objects.filter(forgotten_at=None)

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        """What spreadsheets lose (leading zeros) and people write in their own way (codes in small letters). A row
        without number that names a file by e-mail and name is that file: the same list twice makes no second one."""
        for name, default in DEFAULTS.items():
            if name in row:
                row[name] = row[name] or default
        if "kind" in row:
            row["kind"] = plain_name(row["kind"]).upper()
        if "language" in row:
            row["language"] = row["language"].lower()
        country = row["country"] = (row.get("country") or "FR").upper()
        if country == "FR":
            phone, code = row.get("phone", ""), row.get("postal_code", "")
            if phone.isdecimal() and len(phone) == 9:
                row["phone"] = f"0{phone}"
            if code.isdecimal() and len(code) == 4:
                row["postal_code"] = f"0{code}"
        if not row.get("id") and row.get("email"):
            named = [c for c in queries.by_email([row["email"]]) if plain_name(c.name) == plain_name(row["name"])]
            if len(named) == 1:
                row["id"] = str(named[0].pk)

    def skip_row(self, instance: Client, original: Client, row: dict[str, Any], *args: Any, **kwargs: Any) -> bool:
        if original.pk and _normal(instance) == _normal(original):
            return True
        return bool(original.pk) and super().skip_row(instance, original, row, *args, **kwargs)

    def write(self, instance: Client, values: dict[str, Any], is_create: bool) -> Client:
        if is_create:
            return services.create_client(actor=self.actor, **values)  # type: ignore[typeddict-item]
        return services.update_client(actor=self.actor, client_id=instance.pk, **values)  # type: ignore[typeddict-item]


def _normal(client: Client) -> tuple[str, ...]:
    """The values that a row holds, a phone in one form however it was written."""
    values = {name: str(getattr(client, name) or "") for name in COLUMNS}
    phone = to_python(values["phone"], region="FR") if values["phone"] else None
    if phone and phone.is_valid():
        values["phone"] = phone.format_as(PhoneNumberFormat.E164)
    values["siren"] = "".join(values["siren"].split())
    return tuple(values.values())
