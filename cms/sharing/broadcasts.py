"""The page on which a commune notes what its loudspeakers have read out (II.1.đ)."""

from datetime import timedelta
from typing import cast

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from cms.navigation import language_name
from cms.sharing.models import Broadcast, SharedMaterial, Station
from cms.sharing.operations import log_broadcast

SHOWN, OFFERED = 50, 40
RECENT_DAYS = 30


class BroadcastForm(forms.ModelForm):
    class Meta:
        model = Broadcast
        fields = ("station", "code", "aired_on", "times")
        widgets = {
            "aired_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "code": forms.TextInput(attrs={"list": "bulletins", "autocomplete": "off", "autocapitalize": "off"}),
            "times": forms.NumberInput(attrs={"min": 1, "max": 99, "inputmode": "numeric"}),
        }
        labels = {"code": _("What was read out")}
        help_texts = {
            "code": _("Type a part of its title and choose, or the six letters and digits of its poster or sheet."),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        station = cast(forms.ModelChoiceField, self.fields["station"])
        station.queryset = Station.objects.visible_to(user)
        if len(station.queryset) == 1:
            station.initial, station.widget = station.queryset[0].pk, forms.HiddenInput()

    def clean_code(self):
        """Its title will do where somebody typed that instead of choosing."""
        typed = self.cleaned_data["code"].strip()
        named = SharedMaterial.objects.open().filter(title__iexact=typed, language=get_language()).first()
        return named.code if named else typed

    def validate_unique(self):
        """The same line once more is the same line with another number (`log_broadcast`)."""


@login_required
@never_cache
def broadcasts(request: HttpRequest) -> HttpResponse:
    """What the reader's stations have aired, and a form for one line more, or for that of `?line=`. No station: 404."""
    stations = list(Station.objects.visible_to(request.user))
    if not stations:
        raise Http404
    seen = Broadcast.objects.visible_to(request.user).select_related("station")
    asked = request.GET.get("line", "")
    line = get_object_or_404(seen, pk=int(asked) if asked.isascii() and asked.isdigit() else 0) if asked else None
    form = BroadcastForm(
        request.POST or None,
        user=request.user,
        instance=line,
        initial={} if line else {"aired_on": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid():
        log_broadcast(line=form.instance)
        return redirect("broadcasts")
    since = timezone.localdate() - timedelta(days=RECENT_DAYS)
    rows = list(seen.order_by("-aired_on", "station__name", "-pk")[:SHOWN])
    shown = {
        "form": form,
        "line": line,
        "stations": stations,
        "rows": [{"row": row, "language": language_name(row.language)} for row in rows],
        "recent": seen.filter(aired_on__gt=since).aggregate(all=Sum("times"))["all"] or 0,
        "days": RECENT_DAYS,
        "bulletins": _bulletins(),
    }
    return render(request, "sharing/broadcasts.html", shown)


def _bulletins() -> list[SharedMaterial]:
    """What may be read out, in the language of the page: handbooks and sounds before all else, the newest first."""
    found = SharedMaterial.objects.open().filter(language=get_language()).only("code", "title", "format")
    newest = list(found.order_by("-opened_at")[: OFFERED * 2])
    return sorted(newest, key=lambda one: one.format not in {"handbook", "material"})[:OFFERED]
