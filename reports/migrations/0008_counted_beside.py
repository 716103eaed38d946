"""Rules for what the system can count beside what people enter: trainings, readings, contests of communicators."""

from django.db import migrations

PROGRAMME = "de-an-1588"
RULES = {
    "B1": {"from": "informed", "kinds": ["teacher", "school_admin"]},
    "B2": {"from": "trained", "kinds": ["commune_officer", "province_officer"]},
    "B3": {"from": "trained", "kinds": ["community_member"]},
    "D3": {"from": "communicators"},
}


def draw(apps, schema_editor):
    indicators = apps.get_model("reports", "Indicator").objects.filter(programme__code=PROGRAMME, rule={})
    for code, rule in RULES.items():
        indicators.filter(code=code, source="manual").update(rule=rule)


def erase(apps, schema_editor):
    indicators = apps.get_model("reports", "Indicator").objects.filter(programme__code=PROGRAMME, source="manual")
    for code, rule in RULES.items():
        indicators.filter(code=code, rule=rule).update(rule={})


class Migration(migrations.Migration):
    dependencies = [("reports", "0007_counted_by_a_rule")]

    operations = [migrations.RunPython(draw, erase)]
