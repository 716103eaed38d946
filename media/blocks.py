"""Choosing an H5P content in the editors' admin."""

from django.utils.translation import gettext_lazy as _
from django_h5p.models import Content
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView
from wagtail.admin.viewsets.chooser import ChooserViewSet


class _Columns:
    @property
    def columns(self):
        return [*super().columns, Column("type", label=_("Type"), accessor=content_type), DateColumn("updated_at")]

    def get_object_list(self):
        found = super().get_object_list().exclude(current_version=None)
        return found.select_related("current_version__main_library").order_by("-updated_at")


def content_type(content: Content) -> str:
    """`MultiChoice` of `H5P.MultiChoice`, as authors know the types."""
    version = content.current_version
    return version.main_library.machine_name.removeprefix("H5P.") if version else ""


class _ChooseView(_Columns, ChooseView):
    pass


class _ChooseResultsView(_Columns, ChooseResultsView):
    pass


class H5PContentChooserViewSet(ChooserViewSet):
    model = Content
    icon = "tasks"
    choose_one_text = _("Choose an H5P content")
    choose_another_text = _("Choose another")
    edit_item_text = _("Look at this content")
    choose_view_class = _ChooseView
    choose_results_view_class = _ChooseResultsView


h5p_chooser = H5PContentChooserViewSet("h5p_chooser", url_prefix="h5p-chooser")
H5PContentChooserBlock = h5p_chooser.get_block_class(name="H5PContentChooserBlock", module_path="media.blocks")
