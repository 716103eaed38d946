"""Units, schools and calendars in the back end, for the province's administrator."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from schools.models import ReportingYear, School, SchoolYear, Unit


class UnitForm(WagtailAdminModelForm):
    """A unit and the one above it; the tree keeps its own columns."""

    parent = forms.ModelChoiceField(
        label=_("Part of"),
        queryset=Unit.objects.all(),
        required=False,
        help_text=_("Empty only for the province itself."),
    )

    # The parent's Meta knows the calendars and choosers of the back end.
    class Meta(WagtailAdminModelForm.Meta):
        model = Unit
        fields = ["code", "name", "kind", "valid_from", "valid_to"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["parent"].initial = self.instance.get_parent()
            below = self.instance.get_descendants().values("pk")
            self.fields["parent"].queryset = Unit.objects.exclude(pk=self.instance.pk).exclude(pk__in=below)

    def clean_parent(self):
        parent = self.cleaned_data["parent"]
        roots = Unit.objects.filter(depth=1).exclude(pk=self.instance.pk)
        if parent is None and roots.exists():
            raise forms.ValidationError(_("One instance serves one province: choose the unit above this one."))
        return parent

    def save(self, commit=True):
        parent = self.cleaned_data["parent"]
        if not self.instance.pk:
            return parent.add_child(instance=self.instance) if parent else Unit.add_root(instance=self.instance)
        self.instance.save()
        present = self.instance.get_parent()
        if (parent.pk if parent else None) != (present.pk if present else None):
            self.instance.move(parent, "sorted-child")
            self.instance.refresh_from_db()
        return self.instance


class UnitViewSet(ModelViewSet):
    model = Unit
    icon = "globe"
    menu_label = _("Units")
    list_display = ["name", "code", "kind", "valid_from", "valid_to"]
    list_filter = ["kind"]
    search_fields = ["name", "name_folded", "code"]
    ordering = ["path"]
    add_to_reference_index = False

    def get_form_class(self, for_update=False):
        return UnitForm


class SchoolViewSet(ModelViewSet):
    model = School
    icon = "home"
    menu_label = _("Schools")
    list_display = ["name", "code", "kind", "unit"]
    list_filter = ["kind"]
    search_fields = ["name", "name_folded", "code"]
    add_to_reference_index = False
    panels = [
        FieldPanel("name"),
        FieldPanel("code"),
        FieldPanel("kind"),
        FieldRowPanel([FieldPanel("grade_min"), FieldPanel("grade_max")]),
        FieldPanel("unit"),
        FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_to")]),
    ]


class SchoolYearViewSet(ModelViewSet):
    model = SchoolYear
    icon = "calendar-alt"
    menu_label = _("School years")
    list_display = ["code", "starts_on", "ends_on"]
    form_fields = ["code", "starts_on", "ends_on"]
    add_to_reference_index = False


class ReportingYearViewSet(ModelViewSet):
    model = ReportingYear
    icon = "calendar-alt"
    menu_label = _("Reporting years")
    list_display = ["code", "starts_on", "ends_on"]
    form_fields = ["code", "starts_on", "ends_on"]
    add_to_reference_index = False


class SchoolsGroup(ModelViewSetGroup):
    menu_label = _("Schools and units")
    menu_icon = "group"
    menu_order = 600
    items = (UnitViewSet, SchoolViewSet, SchoolYearViewSet, ReportingYearViewSet)


@hooks.register("register_admin_viewset")
def register_schools():
    return SchoolsGroup()
