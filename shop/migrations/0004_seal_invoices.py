"""An issued invoice is never changed or deleted: the database itself refuses. Only the job of its PDF may write,
and the PDF only once."""

from django.db import migrations

SEALED = (
    "kind", "seller_key", "number", "key", "issued_at", "language", "seller", "buyer", "buyer_user_id", "lines", "vat",
    "net", "vat_total", "total", "currency", "payment", "corrects_id", "reason",
)
MESSAGE = "an issued invoice is sealed"

POSTGRES = f"""
CREATE FUNCTION shop_seal_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
        AND ({", ".join(f"OLD.{c}" for c in SEALED)}) IS NOT DISTINCT FROM ({", ".join(f"NEW.{c}" for c in SEALED)})
        AND (OLD.sha256 = '' OR OLD.sha256 = NEW.sha256 AND OLD.pdf = NEW.pdf)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER shop_invoice_sealed BEFORE UPDATE OR DELETE ON shop_invoice
    FOR EACH ROW EXECUTE FUNCTION shop_seal_invoice();
"""


def seal(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES, params=None)
        return
    changed = " OR ".join(f"OLD.{c} IS NOT NEW.{c}" for c in SEALED)
    schema_editor.execute(
        "CREATE TRIGGER shop_invoice_no_update BEFORE UPDATE ON shop_invoice "
        f"WHEN {changed} OR (OLD.sha256 <> '' AND (OLD.sha256 IS NOT NEW.sha256 OR OLD.pdf IS NOT NEW.pdf)) "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    )
    schema_editor.execute(
        f"CREATE TRIGGER shop_invoice_no_delete BEFORE DELETE ON shop_invoice BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    )


def unseal(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER shop_invoice_sealed ON shop_invoice")
        schema_editor.execute("DROP FUNCTION shop_seal_invoice()")
        return
    schema_editor.execute("DROP TRIGGER shop_invoice_no_update")
    schema_editor.execute("DROP TRIGGER shop_invoice_no_delete")


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_orders_and_invoices")]
    operations = [migrations.RunPython(seal, unseal)]
