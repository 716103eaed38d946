"""Entrants and works of contests are counted here and entered by people who also held some elsewhere: the count stands beside.

Nothing counted them so far, so that they were entered by hand although their rows said otherwise.
"""

from django.db import migrations

PROGRAMME = "de-an-1588"
RULES = {"D1": {"from": "contest"}, "D2": {"from": "works"}}


def beside(apps, schema_editor):
    move(apps, "system", "manual")


def alone(apps, schema_editor):
    move(apps, "manual", "system")


def move(apps, source, other):
    indicators = apps.get_model("reports", "Indicator").objects.filter(programme__code=PROGRAMME, source=source)
    for code, rule in RULES.items():
        indicators.filter(code=code, rule=rule).update(source=other)


class Migration(migrations.Migration):
    dependencies = [("reports", "0008_counted_beside")]

    operations = [migrations.RunPython(beside, alone)]
