"""Guests let in by a code that asks nobody were let in by whoever opened it. Before the rule that wants a name (0004):
PostgreSQL cannot alter a table with rows it has yet to check."""

from django.db import migrations
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce


def fill(apps, schema_editor):
    request, code = apps.get_model("schools", "JoinRequest"), apps.get_model("schools", "JoinCode")
    opener = code.objects.filter(pk=OuterRef("join_code")).values("created_by")[:1]
    request.objects.exclude(state="waiting").filter(decided_by=None).update(decided_by=Subquery(opener))
    request.objects.exclude(state="waiting").filter(decided_at=None).update(
        decided_at=Coalesce(F("decided_at"), F("created_at"))
    )
    request.objects.filter(state="waiting").update(decided_by=None, decided_at=None)


class Migration(migrations.Migration):
    dependencies = [("schools", "0002_user_session_number")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
