"""What the system counts has a rule; apart from the rows that get one, because PostgreSQL wants them settled first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0006_indicators_of_the_plan")]

    operations = [
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("source", "system"), _negated=True),
                    models.Q(("rule", {}), _negated=True),
                    _connector="OR",
                ),
                name="indicator_counted_by_a_rule",
            ),
        ),
    ]
