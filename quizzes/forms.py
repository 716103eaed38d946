"""Forms of the Wagtail admin: what one field cannot check."""

from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from quizzes.checking import Draft, OptionDraft, TargetDraft, faults_by_part


def kept(formset) -> list[dict]:
    """Cleaned rows of an inline formset that are neither empty nor marked for deletion."""
    return [
        form.cleaned_data
        for form in formset.forms
        if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE")
    ]


class OptionForm(WagtailAdminModelForm):
    """One option. Its place is named by the number that people see, 1 for the first, not by the key that is stored."""

    target_key = forms.IntegerField(
        label=_("Goes to place number"),
        required=False,
        min_value=1,
        help_text=_("For pairs, groups and gaps: 1 is the first place above. Empty: it belongs nowhere."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Set by the question's form, which knows the places.
        self.places: dict[int, UUID] = {}

    def clean_fraction(self):
        fraction = self.cleaned_data.get("fraction")
        if fraction is not None and not -1 <= fraction <= 1:
            raise ValidationError(_("Give a number from -1 to 1."))
        return fraction

    def clean_tolerance(self):
        tolerance = self.cleaned_data.get("tolerance")
        if tolerance is not None and tolerance < 0:
            raise ValidationError(_("Give 0 or more."))
        return tolerance

    def clean_target_key(self):
        number = self.cleaned_data.get("target_key")
        if number is not None and number not in self.places:
            raise ValidationError(_("There is no place number %(number)s."), params={"number": number})
        return self.places.get(number)


class PictureForm(WagtailAdminModelForm):
    """One more picture. Its option is named by the number that people see, 1 for the first."""

    option_key = forms.IntegerField(
        label=_("Of option number"),
        required=False,
        min_value=1,
        help_text=_("1 is the first option above. Empty: it belongs to the question."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Set by the question's form, which knows the options.
        self.options: dict[int, UUID] = {}

    def clean_option_key(self):
        number = self.cleaned_data.get("option_key")
        if number is not None and number not in self.options:
            raise ValidationError(_("There is no option number %(number)s."), params={"number": number})
        return self.options.get(number)


class QuestionForm(WagtailAdminModelForm):
    class Media:
        js = ["quizzes/admin-question.js"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "options" not in self.formsets or self.instance.pk is None:
            return
        numbers = {target.translation_key: number for number, target in enumerate(self.instance.targets.all(), start=1)}
        for form in self.formsets["options"].forms:
            form.initial["target_key"] = numbers.get(form.instance.target_key)
        if "more_pictures" in self.formsets:
            numbers = {one.translation_key: number for number, one in enumerate(self.instance.options.all(), start=1)}
            for form in self.formsets["more_pictures"].forms:
                form.initial["option_key"] = numbers.get(form.instance.option_key)

    def _number_places(self) -> None:
        """Tell the options the numbers of the places, and the pictures those of the options, as they stand in the form,
        moved and new ones included."""
        places = self._numbers("targets")
        for form in self.formsets["options"].forms:
            form.places = places
        if "more_pictures" in self.formsets:
            options = self._numbers("options")
            for form in self.formsets["more_pictures"].forms:
                form.options = options

    def _numbers(self, name: str) -> dict[int, UUID]:
        return {number: form.instance.translation_key for number, form in enumerate(self._rows(name), start=1)}

    def _rows(self, name: str) -> list:
        """The forms of the rows that are kept, in the order in which they are saved."""
        rows = [
            (number if form.cleaned_data.get("ORDER") is None else form.cleaned_data["ORDER"], number, form)
            for number, form in enumerate(self.formsets[name].forms, start=1)
            if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        return [form for _order, _number, form in sorted(rows, key=lambda row: row[:2])]

    def clean_scoring(self):
        return self.cleaned_data.get("scoring") or {}

    def clean(self):
        data = super().clean()
        if data.get("picture") and not data.get("picture_alt", "").strip():
            self.add_error("picture_alt", _("Say in words what the picture shows."))
        return data

    def is_valid(self):
        if self.is_bound:
            self._number_places()
        if not super().is_valid():
            return False
        for part, fault in faults_by_part(self._draft()):
            self.add_error(None, ValidationError(fault))
            # Said on top of the page, and once more where it is mended.
            if part in self.formsets:
                self.formsets[part].non_form_errors().append(fault)
            else:
                self.add_error(part, ValidationError(fault))
        return not self.errors

    def _draft(self) -> Draft:
        return Draft(
            type=self.cleaned_data.get("type", ""),
            stem=self.cleaned_data.get("stem", ""),
            has_picture=bool(self.cleaned_data.get("picture")),
            options=[
                OptionDraft(
                    text=row.get("text", ""),
                    correct=bool(row.get("is_correct")),
                    fraction=row.get("fraction"),
                    target=row.get("target_key"),
                    has_picture=bool(row.get("picture")),
                )
                for row in kept(self.formsets["options"])
            ],
            targets=[
                TargetDraft(
                    key=form.instance.translation_key,
                    text=form.cleaned_data.get("text", ""),
                    kind=form.cleaned_data.get("kind", ""),
                    area=None if form.cleaned_data.get("x") is None else [form.cleaned_data["x"]],
                    correct=bool(form.cleaned_data.get("is_correct")),
                )
                for form in self._rows("targets")
            ],
        )


class QuizForm(WagtailAdminModelForm):
    def is_valid(self):
        if not super().is_valid():
            return False
        questions = [row.get("question") for row in kept(self.formsets["quiz_questions"])]
        if not questions and not kept(self.formsets["draws"]):
            self.add_error(None, ValidationError(_("Choose at least one question, or say how many to draw.")))
        if len({question.translation_key for question in questions if question}) < len(questions):
            self.add_error(None, ValidationError(_("A question is in the quiz twice.")))
        for question in questions:
            if question and question.review != question.Review.APPROVED:
                self.add_error(
                    None,
                    ValidationError(
                        _("This question is not approved yet: “%(question)s”"), params={"question": question}
                    ),
                )
        return not self.errors
