"""A payment keeps what really moved, beside what was asked."""

from decimal import Decimal

from django.db import migrations, models

import config.lib.models

RECEIVED = "UPDATE accounts_payment SET received = amount WHERE status IN ('REUSSI', 'REMBOURSE')"


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_journal_of_the_books'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='payment',
            name='payment_one_live',
        ),
        migrations.AddField(
            model_name='payment',
            name='diverted',
            field=config.lib.models.MoneyField(default=Decimal('0.00'), verbose_name='credited or written off by a manager'),
        ),
        migrations.AddField(
            model_name='payment',
            name='elsewhere',
            field=config.lib.models.MoneyField(default=Decimal('0.00'), verbose_name='of which not by us'),
        ),
        migrations.AddField(
            model_name='payment',
            name='extra',
            field=models.BooleanField(default=False, verbose_name='paid a second time'),
        ),
        migrations.AddField(
            model_name='payment',
            name='received',
            field=config.lib.models.MoneyField(default=Decimal('0.00'), verbose_name='received'),
        ),
        migrations.AddField(
            model_name='payment',
            name='returned',
            field=config.lib.models.MoneyField(default=Decimal('0.00'), verbose_name='refunded in all, says the provider'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(condition=models.Q(('extra', False), ('status__in', ['EN_COURS', 'REUSSI'])), fields=('reference',), name='payment_one_live'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('diverted__gte', 0), ('elsewhere__gte', 0), ('received__gte', 0), ('returned__gte', 0)), name='payment_sums_not_negative'),
        ),
        migrations.RunSQL(RECEIVED, migrations.RunSQL.noop),
    ]
