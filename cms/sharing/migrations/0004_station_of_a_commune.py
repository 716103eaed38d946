import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0001_initial"),
        ("sharing", "0003_materials_and_news"),
    ]

    operations = [
        migrations.AddField(
            model_name="station",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                help_text="Its officers and community team note themselves what was read out.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="schools.unit",
                verbose_name="commune",
            ),
        ),
    ]
