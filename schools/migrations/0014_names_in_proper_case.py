from django.db import migrations

from cms.text.names import proper_case


def set_capitals(apps, schema_editor):
    """Names typed all in small letters or ALL IN CAPITALS. Their sort and search forms do not know case and stay."""
    Person = apps.get_model("schools", "Person")
    changed = []
    for person in Person.objects.exclude(full_name="").only("pk", "full_name").iterator(chunk_size=5_000):
        if (name := proper_case(person.full_name)) != person.full_name:
            person.full_name = name
            changed.append(person)
    Person.objects.bulk_update(changed, ["full_name"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("schools", "0013_daily_digest")]

    operations = [migrations.RunPython(set_capitals, migrations.RunPython.noop, elidable=True)]
