from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0006_simulated_portal"),
    ]

    operations = [
        migrations.AddField(
            model_name="searchentry",
            name="levels",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name="searchentry",
            name="has_audio",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="searchentry",
            name="voices",
            field=models.CharField(blank=True, max_length=200),
        ),
    ]
