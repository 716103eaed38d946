"""For editors: the register of agencies, the broadcast log, and the report of what was used."""

from typing import cast

from django import forms
from django.db.models import Field
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from cms.sharing import reporting
from cms.sharing.models import Agency, Broadcast, Station


class LinesField(forms.CharField):
    """A list of short texts, one on each line."""

    widget = forms.Textarea

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        return [line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip()]


class AgencyForm(WagtailAdminModelForm):
    origins = LinesField(
        label=_("its sites"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=cast(Field, Agency._meta.get_field("origins")).help_text,
    )


class AgencyViewSet(SnippetViewSet):
    model = Agency
    icon = "group"
    list_display = ["name", "contact", BooleanColumn("is_active", label=_("May embed"))]
    search_fields = ["name", "contact"]
    edit_handler = ObjectList(
        [FieldPanel("name"), FieldPanel("origins"), FieldPanel("contact"), FieldPanel("is_active")],
        base_form_class=AgencyForm,
    )


class StationViewSet(SnippetViewSet):
    model = Station
    icon = "media"
    list_display = ["name", "place", "unit"]
    search_fields = ["name", "place"]
    panels = [FieldPanel("name"), FieldPanel("place"), FieldPanel("unit")]


class BroadcastViewSet(SnippetViewSet):
    model = Broadcast
    icon = "media"
    list_display = [
        "title",
        Column("station", label=_("radio station")),
        DateColumn("aired_on", label=_("aired on")),
        Column("language", label=_("Language")),
        Column("times", label=_("how many times")),
    ]
    list_filter = ["station", "aired_on", "language"]
    search_fields = ["title", "code"]
    ordering = ["-aired_on"]
    panels = [FieldPanel("station"), FieldPanel("code"), FieldPanel("aired_on"), FieldPanel("times")]

    def get_queryset(self, request):
        return Broadcast.objects.select_related("station")


class SharingViewSetGroup(SnippetViewSetGroup):
    menu_label = _("Sharing")
    menu_icon = "link-external"
    menu_order = 260
    items = (AgencyViewSet, BroadcastViewSet, StationViewSet)


register_snippet(SharingViewSetGroup)


@hooks.register("register_admin_urls")
def admin_urls():
    return [
        path("sharing/register/", reporting.register, name="sharing_register"),
        path("sharing/register/list.xlsx", reporting.spreadsheet, name="sharing_register_xlsx"),
    ]


@hooks.register("register_reports_menu_item")
def register_menu_item():
    return MenuItem(_("Reuse of materials"), reverse("sharing_register"), icon_name="group", order=710)
