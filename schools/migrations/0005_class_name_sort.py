from django.db import migrations, models

from cms.text.folding import natural_key


def fill(apps, schema_editor):
    kind = apps.get_model("schools", "SchoolClass")
    for row in kind.objects.only("name").iterator():
        kind.objects.filter(pk=row.pk).update(name_sort=natural_key(row.name))


class Migration(migrations.Migration):
    dependencies = [("schools", "0004_rules_and_demo_marks")]

    operations = [
        migrations.AddField(
            model_name="schoolclass",
            name="name_sort",
            field=models.CharField(default="", editable=False, max_length=160),
            preserve_default=False,
        ),
        migrations.AlterModelOptions(
            name="schoolclass",
            options={"ordering": ["grade", "name_sort"], "verbose_name": "class", "verbose_name_plural": "classes"},
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
