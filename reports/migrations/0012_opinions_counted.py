"""Opinions about the site and its lessons all come to the desk, which counts them: nobody types them in any more. What was
signed stays as it was signed."""

from django.db import migrations

PROGRAMME, CODE, RULE = "de-an-1588", "E1", {"from": "desk"}


def count(apps, schema_editor):
    indicators = apps.get_model("reports", "Indicator").objects
    indicators.filter(programme__code=PROGRAMME, code=CODE, source="manual", rule={}).update(source="system", rule=RULE)


def enter(apps, schema_editor):
    indicators = apps.get_model("reports", "Indicator").objects
    indicators.filter(programme__code=PROGRAMME, code=CODE, rule=RULE).update(source="manual", rule={})


class Migration(migrations.Migration):
    dependencies = [("reports", "0011_visits_counted_beside")]

    operations = [migrations.RunPython(count, enter)]
