"""The visit log gets its screens: until now nothing wrote into the table, so that no row has to be made to fit."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0013_daily_digest"),
        ("support", "0005_quoted_help_points"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="visit",
            name="changed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="visit",
            name="note",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="visit",
            name="people",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="people guided"),
        ),
        migrations.AddField(
            model_name="visit",
            name="seq",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="visit",
            name="ticket",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="visit",
                to="support.ticket",
            ),
        ),
        migrations.AddField(
            model_name="visit",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="visit",
            name="age_band",
            field=models.CharField(
                choices=[
                    ("under_18", "Under 18"),
                    ("18_39", "18 to 39"),
                    ("40_59", "40 to 59"),
                    ("60_up", "60 or more"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="visit",
            name="difficulty",
            field=models.CharField(
                blank=True,
                choices=[
                    ("device", "No smartphone, or no line"),
                    ("account", "No VNeID account of level 2 yet"),
                    ("password", "Password forgotten, or no code by message"),
                    ("sim", "The phone number is not in their own name"),
                    ("data", "Something is wrong in the population data"),
                    ("reading", "The words on the screen are hard to read or to understand"),
                    ("portal", "The portal is slow, or shows an error"),
                    ("papers", "Photographing and attaching papers"),
                    ("paying", "Paying online"),
                    ("fear", "Afraid of being cheated"),
                    ("other", "Something else"),
                ],
                max_length=200,
            ),
        ),
        migrations.AlterField(
            model_name="visit",
            name="language",
            field=models.CharField(max_length=20),
        ),
        migrations.AlterField(
            model_name="visit",
            name="received_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(fields=["member", "-on"], name="visit_by_member"),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(("people__gte", 1), ("people__lte", 50)), name="visit_of_some_people"
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(("age_band__in", ["under_18", "18_39", "40_59", "60_up"])), name="visit_age_band"
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "difficulty__in",
                        [
                            "",
                            "device",
                            "account",
                            "password",
                            "sim",
                            "data",
                            "reading",
                            "portal",
                            "papers",
                            "paying",
                            "fear",
                            "other",
                        ],
                    )
                ),
                name="visit_difficulty",
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(("note__regex", "[0-9]([ .-]?[0-9]){8}"), _negated=True),
                name="visit_note_without_numbers",
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at", None), ("withdrawn_at__gte", models.F("received_at")), _connector="OR"
                ),
                name="visit_undone_later",
            ),
        ),
    ]
