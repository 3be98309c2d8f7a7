"""Postings, transactions and payment facts are only ever added: the database itself refuses anything else.

On PostgreSQL a deferred constraint trigger also proves at commit that every transaction adds up to zero.
"""

from django.db import migrations

SEALED = ("accounts_posting", "accounts_transaction", "accounts_paymentfact")
CODES = (
    "CLEARING", "UNAPPLIED", "SALES", "DELIVERY_SALES", "VAT", "ESCROW", "COMMISSION", "SOLIDARITY", "REWARDS",
    "ROUNDING",
)

POSTGRES = """
CREATE FUNCTION accounts_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is sealed: rows are only added', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION accounts_check_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(amount) FROM accounts_posting WHERE transaction_id = NEW.transaction_id) <> 0 THEN
        RAISE EXCEPTION 'transaction % does not add up to zero', NEW.transaction_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER accounts_posting_balanced AFTER INSERT ON accounts_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION accounts_check_balanced();
"""
POSTGRES_BACK = """
DROP TRIGGER accounts_posting_balanced ON accounts_posting;
DROP FUNCTION accounts_check_balanced();
DROP FUNCTION accounts_refuse_change();
"""


def seal(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    if postgres:
        schema_editor.execute(POSTGRES, params=None)
    for table in SEALED:
        if postgres:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_sealed BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION accounts_refuse_change()"
            )
            continue
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is sealed: rows are only added'); END"
            )


def unseal(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    for table in SEALED:
        if postgres:
            schema_editor.execute(f"DROP TRIGGER {table}_sealed ON {table}")
        else:
            for verb in ("update", "delete"):
                schema_editor.execute(f"DROP TRIGGER {table}_no_{verb}")
    if postgres:
        schema_editor.execute(POSTGRES_BACK, params=None)


def open_system_accounts(apps, schema_editor):
    account = apps.get_model("accounts", "Account")
    for code in CODES:
        account.objects.get_or_create(code=code, defaults={"kind": "SYSTEME"})


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_companies_ledger_payments")]
    operations = [
        migrations.RunPython(open_system_accounts, migrations.RunPython.noop),
        migrations.RunPython(seal, unseal),
    ]
