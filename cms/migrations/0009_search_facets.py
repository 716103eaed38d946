import django.db.models.deletion
from django.db import migrations, models

TEXTS = "INSERT INTO cms_searchtext (entry_id, folded, exact, text) SELECT id, text_folded, text_exact, text FROM cms_searchentry"
BACK = """
UPDATE cms_searchentry SET
    text_folded = (SELECT folded FROM cms_searchtext WHERE entry_id = cms_searchentry.id),
    text_exact = (SELECT exact FROM cms_searchtext WHERE entry_id = cms_searchentry.id),
    text = (SELECT text FROM cms_searchtext WHERE entry_id = cms_searchentry.id)
WHERE id IN (SELECT entry_id FROM cms_searchtext)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0008_materials_and_news"),
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
        migrations.CreateModel(
            name="SearchText",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="long",
                        serialize=False,
                        to="cms.searchentry",
                    ),
                ),
                ("folded", models.TextField(blank=True)),
                ("exact", models.TextField(blank=True)),
                ("text", models.TextField(blank=True)),
            ],
            options={
                "verbose_name": "text of a search entry",
                "verbose_name_plural": "texts of search entries",
            },
        ),
        migrations.RunSQL(TEXTS, BACK),
    ]
