"""Whom the community teams guided is counted from their visit logs; what they keep on paper is entered by people. The count
stands beside what is entered, as for trainings (0008)."""

from django.db import migrations

PROGRAMME, RULE = "de-an-1588", {"from": "visits"}


def count(apps, schema_editor):
    indicators = apps.get_model("reports", "Indicator").objects
    indicators.filter(programme__code=PROGRAMME, code="B4", source="manual", rule={}).update(rule=RULE)


def uncount(apps, schema_editor):
    indicators = apps.get_model("reports", "Indicator").objects
    indicators.filter(programme__code=PROGRAMME, code="B4", rule=RULE).update(rule={})


class Migration(migrations.Migration):
    dependencies = [("reports", "0010_satisfaction_counted_beside")]

    operations = [migrations.RunPython(count, uncount)]
