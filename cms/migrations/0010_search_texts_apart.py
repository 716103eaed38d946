from django.db import migrations


class Migration(migrations.Migration):
    """By itself: PostgreSQL changes no table in the transaction that has just filled one that refers to it."""

    dependencies = [
        ("cms", "0009_search_facets"),
    ]

    operations = [
        # A scan of the entries must not read their texts (ADR 0100).
        migrations.RemoveField(model_name="searchentry", name="text_folded"),
        migrations.RemoveField(model_name="searchentry", name="text_exact"),
        migrations.RemoveField(model_name="searchentry", name="text"),
    ]
