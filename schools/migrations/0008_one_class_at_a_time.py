"""The database refuses a pupil in two classes on one day; guests and stays of one day apart (models/classes.py).

PostgreSQL has exclusion constraints; ranges stand for the pupil too, so that no extension is needed. On SQLite triggers
do it: a later migration that alters the table rebuilds it, and has to make them again (tests/schools/test_places.py
notices). Rows that overlap already are shortened first: the later class counts.
"""

from datetime import timedelta

from django.db import migrations
from django.db.models import F, Q

NAME = "membership_in_one_class_at_a_time"
LASTS = "({0}.ends_on IS NULL OR {0}.ends_on > {0}.starts_on)"


def _trigger(verb: str) -> str:
    return f"""
    CREATE TRIGGER {NAME}_{verb.split()[0].lower()} BEFORE {verb} ON schools_membership
    WHEN NOT NEW.is_guest AND {LASTS.format("NEW")}
    BEGIN
      SELECT RAISE(ABORT, '{NAME}') WHERE EXISTS (
        SELECT 1 FROM schools_membership other
        WHERE other.user_id = NEW.user_id AND other.id IS NOT NEW.id AND NOT other.is_guest AND {LASTS.format("other")}
          AND other.starts_on <= COALESCE(NEW.ends_on, '9999-12-31')
          AND COALESCE(other.ends_on, '9999-12-31') >= NEW.starts_on
      );
    END
    """  # noqa: S608 (made of this file's own words)


SQLITE = [_trigger("INSERT"), _trigger("UPDATE OF user_id, starts_on, ends_on, is_guest")]
POSTGRESQL = [
    f"""
    ALTER TABLE schools_membership ADD CONSTRAINT {NAME} EXCLUDE USING gist (
        int8range(user_id, user_id, '[]') WITH &&,
        daterange(starts_on, ends_on, '[]') WITH &&
    ) WHERE (NOT is_guest AND (ends_on IS NULL OR ends_on > starts_on))
    """
]


def shorten(apps, schema_editor):
    """End what still runs when the next class begins."""
    kind = apps.get_model("schools", "Membership")
    lasting = kind.objects.filter(Q(ends_on=None) | Q(ends_on__gt=F("starts_on")), is_guest=False)
    before = None
    for row in lasting.order_by("user_id", "starts_on", "pk").iterator():
        if before and before.user_id == row.user_id and (before.ends_on is None or before.ends_on >= row.starts_on):
            before.ends_on = max(before.starts_on, row.starts_on - timedelta(days=1))
            before.state = "left"
            before.save(update_fields=["ends_on", "state"])
        before = row


def refuse(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def allow(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {NAME}_insert")
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {NAME}_update")
    else:
        schema_editor.execute(f"ALTER TABLE schools_membership DROP CONSTRAINT IF EXISTS {NAME}")


class Migration(migrations.Migration):
    dependencies = [("schools", "0007_years_and_places")]

    operations = [
        migrations.RunPython(shorten, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(refuse, allow),
    ]
