"""Import and export of tables as CSV and XLSX in the admin, on django-import-export, the same way for every model.

Out: nothing that a spreadsheet would run as a formula (config/lib/csvfile.cell). In: XLSX, or CSV by comma, semicolon
or tab, in UTF-8 with or without a mark or in Windows-1252; columns by their code or by their name in any of our
languages; every row goes through the feature's service; nothing is written while one row is wrong.
"""

import csv
import io
import unicodedata
import zipfile
from typing import Any

import tablib
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from import_export import resources
from import_export.admin import ImportExportModelAdmin
from import_export.formats import base_formats
from import_export.tmp_storages import CacheStorage
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from config.lib import csvfile
from config.lib.errors import DomainError

MOST_ROWS = 2000
MOST_BYTES = 5 * 2**20
MOST_UNPACKED = 60 * 2**20  # an XLSX is a zip: a small file may unpack to gigabytes
MOST_COLUMNS = 200


class Unreadable(Exception):
    """The file cannot be taken; the text says why."""


def plain(text: str) -> str:
    """A heading without case, accents, spaces and punctuation."""
    bare = unicodedata.normalize("NFKD", str(text).casefold())
    return "".join(char for char in bare if char.isalnum())


def _dataset(headers: list[Any], rows: list[list[Any]]) -> tablib.Dataset:
    """Rows as texts under their headings; empty rows are left out. Unreadable."""
    names = [str(name or "").strip() for name in headers]
    while names and not names[-1]:
        names.pop()
    filled = [row for row in rows if any(value not in (None, "") for value in row)]
    if not names or len(names) > MOST_COLUMNS:
        raise Unreadable(_("The first row must name the columns."))
    if len(filled) > MOST_ROWS:
        raise Unreadable(_("At most %(rows)s rows at once: cut the file in pieces.") % {"rows": MOST_ROWS})
    data = tablib.Dataset(headers=names)
    for row in filled:
        if any(value not in (None, "") for value in row[len(names) :]):
            raise Unreadable(_("A row has more cells than there are headings."))
        data.append([_text(value) for value in (*row, *[""] * len(names))[: len(names)]])
    return data


def _text(value: Any) -> str:
    """A cell as it was typed; the mark that our export puts before what looks like a formula is taken off again."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    if "\x00" in text:
        raise Unreadable(_("The file holds characters that no text has."))
    return text[1:] if text.startswith("'") and text[1:].lstrip().startswith(csvfile.FORMULA) else text


class Csv(base_formats.CSV):
    """Read as bytes, so that the encoding is found here."""

    def is_binary(self) -> bool:
        return True

    def get_read_mode(self) -> str:
        return "rb"

    def create_dataset(self, in_stream: Any, **kwargs: Any) -> tablib.Dataset:
        if not in_stream:
            raise Unreadable(_("The file is empty, or was uploaded too long ago."))
        try:
            text = in_stream.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = in_stream.decode("cp1252", errors="replace")
        first = text.partition("\n")[0]
        delimiter = max(";,\t", key=first.count)
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        except csv.Error as error:
            raise Unreadable(_("This is not a CSV file.")) from error
        return _dataset(rows[0] if rows else [], rows[1:])

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> str:
        return "".join(csvfile.text(dataset.headers, dataset))


class Xlsx(base_formats.XLSX):
    def create_dataset(self, in_stream: Any, **kwargs: Any) -> tablib.Dataset:
        if not in_stream:
            raise Unreadable(_("The file is empty, or was uploaded too long ago."))
        try:
            with zipfile.ZipFile(io.BytesIO(in_stream)) as packed:
                if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                    raise Unreadable(_("The file is too large."))
            read = super().create_dataset(in_stream)
        except Unreadable:
            raise
        except Exception as error:
            # openpyxl raises what it likes on a damaged workbook: all of it means the same to who uploaded it
            raise Unreadable(_("This is not an XLSX file.")) from error
        return _dataset(list(read.headers or []), [list(row) for row in read])


class SheetResource(resources.ModelResource):
    """Rows in and out through services. A subclass names its Meta (model, fields, import_id_fields) and gives
    `write`, which calls one service with the values of a row."""

    actor: Any = None

    class Meta:
        use_transactions = True
        skip_unchanged = True
        report_skipped = True

    def write(self, instance: Any, values: dict[str, Any], is_create: bool) -> Any:
        """Create or change by a service; returns the row as it is stored."""
        raise NotImplementedError

    def headings(self) -> dict[str, str]:
        """plain heading → column: its code, and its field's name in every language."""
        known: dict[str, str] = {}
        for name in self.fields:
            known[plain(name)] = name
            field = self._meta.model._meta.get_field(name)
            for language, _label in settings.LANGUAGES:
                with override(language):
                    known.setdefault(plain(field.verbose_name), name)
        return known

    def before_import(self, dataset: tablib.Dataset, **kwargs: Any) -> None:
        self.actor = kwargs["user"]
        known = self.headings()
        dataset.headers = [known.get(plain(name), name) for name in dataset.headers]
        if "id" in self.fields and "id" not in dataset.headers:
            dataset.append_col([""] * len(dataset), header="id")

    def get_or_init_instance(self, instance_loader: Any, row: dict[str, Any]) -> tuple[Any, bool]:
        """The row of this id; an id that does not exist is a mistake, never a new row."""
        pk = row.get("id") or ""
        if not pk:
            return self.init_instance(row), True
        found = self.get_queryset().filter(pk=pk).first() if pk.isdecimal() and len(pk) < 18 else None
        if found is None:
            raise ValidationError({"id": _("There is no row of this number. Leave it empty for a new one.")})
        return found, False

    def validate_instance(
        self, instance: Any, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        """Only what a cell could not be read as: the service checks the rest."""
        if import_validation_errors:
            raise ValidationError(import_validation_errors)

    def save_instance(self, instance: Any, is_create: bool, row: dict[str, Any], **kwargs: Any) -> None:
        """Called for the preview too, whose transaction is rolled back: what it shows is what would be written."""
        values = {name: getattr(instance, name) for name in self.fields if name in row and name != "id"}
        try:
            stored = self.write(instance, values, is_create)
        except DomainError as error:
            raise ValidationError(_as_texts(error)) from error
        for field in instance._meta.concrete_fields:
            setattr(instance, field.attname, getattr(stored, field.attname))

    def export_field(self, field: Any, instance: Any, **kwargs: Any) -> str:
        return csvfile.cell(super().export_field(field, instance, **kwargs))


def _as_texts(error: DomainError) -> Any:
    if error.errors:
        return {name: [str(text) for text in texts] for name, texts in error.errors.items()}
    return str(error)


class SheetImportForm(ImportForm):
    def clean_import_file(self) -> Any:
        file = self.cleaned_data["import_file"]
        if file.size > MOST_BYTES:
            raise ValidationError(_("The file is too large."))
        return file


class SheetAdmin(ImportExportModelAdmin):
    """For a ModelAdmin: buttons to import and export. `may_exchange` says who may; the rows are `resource_classes`."""

    import_form_class = SheetImportForm
    export_form_class = ExportForm
    formats = (Csv, Xlsx)
    import_formats = formats
    export_formats = formats
    tmp_storage_class = CacheStorage  # another process may take the confirmation

    def may_exchange(self, request: HttpRequest) -> bool:
        raise NotImplementedError

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.may_exchange(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.may_exchange(request)

    def get_import_formats(self) -> list[type]:
        return list(self.formats)

    def get_export_formats(self) -> list[type]:
        return list(self.formats)

    def add_data_read_fail_error_to_form(self, form: Any, e: Exception) -> None:
        form.add_error("import_file", str(e) if isinstance(e, Unreadable) else _("This file cannot be read."))

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """A row that turned wrong since the preview takes the others back too."""
        return {**super().get_import_data_kwargs(**kwargs), "rollback_on_validation_errors": True}

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return super().process_import(request, **kwargs)
        except Unreadable as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(reverse("admin:{}_{}_import".format(*self.get_model_info())))

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        if result.has_errors() or result.has_validation_errors():
            messages.error(request, _("Nothing was imported: a row became wrong meanwhile. Look at the file again."))
            return HttpResponseRedirect(reverse("admin:{}_{}_import".format(*self.get_model_info())))
        return super().process_result(result, request)
