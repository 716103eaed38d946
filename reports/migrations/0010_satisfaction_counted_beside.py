"""Ratings of lessons are counted here and entered by people who also asked some elsewhere: the count stands beside."""

from django.db import migrations

PROGRAMME, CODE = "de-an-1588", "E2"
RULE = {"from": "survey", "purpose": "lesson"}


def beside(apps, schema_editor):
    apps.get_model("reports", "Indicator").objects.filter(programme__code=PROGRAMME, code=CODE, rule={}).update(
        rule=RULE, source="manual"
    )


def alone(apps, schema_editor):
    apps.get_model("reports", "Indicator").objects.filter(programme__code=PROGRAMME, code=CODE, rule=RULE).update(
        rule={}
    )


class Migration(migrations.Migration):
    dependencies = [("reports", "0009_contests_counted_beside")]

    operations = [migrations.RunPython(beside, alone)]
