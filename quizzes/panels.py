"""Panels of the Wagtail admin that are ours: options that name their place by number, and where a quiz is open."""

from wagtail.admin.panels import InlinePanel, Panel

from quizzes.forms import OptionForm, PictureForm
from quizzes.models.attempts import Opening


class OptionsPanel(InlinePanel):
    """The options of a question, each in `OptionForm`."""

    def get_form_options(self):
        options = super().get_form_options()
        options["formsets"][self.relation_name]["form"] = OptionForm
        return options


class PicturesPanel(InlinePanel):
    """The pictures of a question after the first, each in `PictureForm`."""

    def get_form_options(self):
        options = super().get_form_options()
        options["formsets"][self.relation_name]["form"] = PictureForm
        return options


class OpeningsPanel(Panel):
    """Read only: to whom and when a quiz is open, as lessons, assignments and contests opened it."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "quizzes/admin/openings.html"

        def is_shown(self):
            return super().is_shown() and self.instance.pk is not None

        def get_context_data(self, parent_context=None):
            openings = Opening.objects.filter(quiz_key=self.instance.translation_key).order_by("-pk")[:50]
            kinds = dict(Opening.Kind.choices)
            shown = [
                {
                    "opening": one,
                    "kind": kinds.get(one.context_kind, one.context_kind),
                    "whom": one.audience.get("kind"),
                    "size": len(one.audience.get("keys", ())),
                }
                for one in openings
            ]
            return super().get_context_data(parent_context) | {"openings": shown, "quiz": self.instance}
