"""The journal gives every transaction its number and date in the accounts; like the postings it is only added to."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import config.lib.models
from config.lib.migrations import LeanMigration

SEALED = ("accounts_journalentry", "accounts_chartnumber")


def seal(apps, schema_editor):
    for table in SEALED:
        if schema_editor.connection.vendor == "postgresql":
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
    for table in SEALED:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER {table}_sealed ON {table}")
        else:
            for verb in ("update", "delete"):
                schema_editor.execute(f"DROP TRIGGER {table}_no_{verb}")


class Migration(LeanMigration):

    dependencies = [
        ('accounts', '0007_payments_that_wait'),
    ]

    operations = [
        migrations.CreateModel(
            name='JournalHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=10, unique=True)),
                ('last', models.PositiveBigIntegerField(default=0)),
                ('last_date', models.DateField(null=True)),
                ('highest', models.PositiveBigIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'journal',
                'verbose_name_plural': 'journals',
            },
        ),
        migrations.CreateModel(
            name='ChartNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40, verbose_name='what')),
                ('number', models.CharField(max_length=20, verbose_name='account number')),
                ('label', models.CharField(max_length=80, verbose_name='account name')),
                ('since', models.PositiveBigIntegerField(verbose_name='from entry')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='since')),
            ],
            options={
                'verbose_name': 'account of the chart',
                'verbose_name_plural': 'chart of accounts',
                'ordering': ['number', 'since'],
                'constraints': [models.UniqueConstraint(fields=('key', 'since'), name='chart_number_once')],
            },
        ),
        migrations.CreateModel(
            name='JournalEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveBigIntegerField(unique=True, verbose_name='entry number')),
                ('date', models.DateField(db_index=True, verbose_name='accounting date')),
                ('journal', models.CharField(choices=[('VE', 'sales'), ('BQ', 'bank and gateways'), ('OD', 'other operations')], max_length=2, verbose_name='journal')),
                ('label', models.CharField(max_length=200, verbose_name='label')),
                ('piece', models.CharField(max_length=100, verbose_name='paper')),
                ('piece_date', models.DateField(verbose_name='date of the paper')),
                ('total', config.lib.models.MoneyField(verbose_name='total')),
                ('sealed_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='sealed')),
                ('transaction', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='entry', to='accounts.transaction', verbose_name='transaction')),
            ],
            options={
                'verbose_name': 'journal entry',
                'verbose_name_plural': 'journal entries',
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='LedgerProof',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('A_FAIRE', 'to do'), ('EN_COURS', 'running'), ('FAIT', 'done'), ('ECHEC', 'failed')], default='A_FAIRE', max_length=10, verbose_name='state')),
                ('next_attempt_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='next attempt')),
                ('claimed_at', models.DateTimeField(blank=True, null=True, verbose_name='claimed')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                ('last_error', models.TextField(blank=True, verbose_name='last error')),
                ('verdict', models.CharField(choices=[('EN_COURS', 'being proved'), ('JUSTE', 'right'), ('FAUX', 'wrong')], default='EN_COURS', max_length=10, verbose_name='verdict')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='asked')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('seconds', models.FloatField(blank=True, null=True, verbose_name='seconds')),
                ('counts', models.JSONField(default=dict, verbose_name='looked at')),
                ('faults', models.JSONField(default=list, verbose_name='faults')),
                ('faults_count', models.PositiveIntegerField(default=0, verbose_name='number of faults')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
            ],
            options={
                'verbose_name': 'proof of the books',
                'verbose_name_plural': 'proofs of the books',
                'ordering': ['-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('faults_count__gt', 0), ('verdict', 'FAUX')), models.Q(models.Q(('verdict', 'FAUX'), _negated=True), ('faults_count', 0)), _connector='OR'), name='proof_wrong_has_faults')],
            },
        ),
        migrations.RunPython(seal, unseal),
    ]
