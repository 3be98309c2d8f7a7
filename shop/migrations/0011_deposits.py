from importlib import import_module

from django.db import migrations, models

# The seal of invoices with the new columns.
facturx = import_module("shop.migrations.0007_facturx")
SEALED = (*facturx.SEALED, "deducts", "is_deposit", "subject")


class Migration(migrations.Migration):
    dependencies = [("shop", "0010_orders_of_companies")]

    operations = [
        migrations.RunPython(facturx.open_seal, facturx.sealer(facturx.SEALED, facturx.FILE)),
        migrations.AddField("invoice", "deducts", models.JSONField(
            blank=True, default=list, verbose_name="deposits taken off")),
        migrations.AddField("invoice", "is_deposit", models.BooleanField(default=False, verbose_name="deposit")),
        migrations.AddField("invoice", "subject", models.CharField(blank=True, max_length=200, verbose_name="about")),
        migrations.RunPython(facturx.sealer(SEALED, facturx.FILE), facturx.open_seal),
    ]
