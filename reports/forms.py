"""Forms of the official roll, of the reporting round and of the indicators."""

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports.evidence import LARGEST, EvidenceTooLarge
from reports.models import Indicator
from reports.models.rounds import NARRATIVES
from schools.models import ReportingYear, SchoolYear
from schools.operations.rolls import LARGEST_FILE


def _years():
    return SchoolYear.objects.order_by("-starts_on")


class RollForm(forms.Form):
    """An official list to be read."""

    year = forms.ModelChoiceField(
        label=_("School year"), queryset=SchoolYear.objects.none(), to_field_name="code", empty_label=None
    )
    file = forms.FileField(
        label=_("The list (.xlsx or .csv)"),
        help_text=_("One line a school with a column for each grade, or one line a school and grade."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.csv,.txt"}),
        error_messages={"required": _("Choose the file with the official enrolment.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].queryset = _years()
        self.fields["year"].initial = SchoolYear.objects.current()

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 20 MB. An official list needs a few hundred KB."))
        return file


class FreezeForm(forms.Form):
    """The day whose roll is frozen."""

    year = forms.ModelChoiceField(queryset=SchoolYear.objects.none(), to_field_name="code", widget=forms.HiddenInput)
    on = forms.DateField(
        label=_("The roll of which day"),
        help_text=_("Usually the day the Sở counts, such as 15/10."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=timezone.localdate,
        error_messages={"invalid": _("Write the day as day/month/year."), "required": _("Choose the day of the roll.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].queryset = _years()


class OpenRoundForm(forms.Form):
    """The year to report on, and the day the reports are due."""

    year = forms.ModelChoiceField(
        label=_("Reporting year"), queryset=ReportingYear.objects.none(), to_field_name="code", empty_label=None
    )
    due_on = forms.DateField(
        label=_("Due on"),
        help_text=_("Early enough to add up before 30 November."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "invalid": _("Write the day as day/month/year."),
            "required": _("Choose the day the reports are due."),
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        years = ReportingYear.objects.filter(Q(round=None) | Q(round__signed_at=None)).order_by("-starts_on")
        self.fields["year"].queryset = years


class NarrativeForm(forms.Form):
    """The four texts of a report, and who signs. Everything may stay empty until the report is sent."""

    results = forms.CharField(label=_("Results"), help_text=_("What was done this year, and what came of it."))
    shortcomings = forms.CharField(label=_("Shortcomings"), help_text=_("What was not reached."))
    causes = forms.CharField(label=_("Causes"), help_text=_("Why it was so."))
    proposals = forms.CharField(label=_("Proposals"), help_text=_("What you ask of the province."))
    signer_name = forms.CharField(label=_("Who signs"), max_length=120, required=False)
    signer_title = forms.CharField(
        label=_("Office of the signer"), max_length=120, required=False, help_text=_("Such as Headmaster or Chairman.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in NARRATIVES:
            self.fields[name].required = False
            self.fields[name].max_length = 8000
            self.fields[name].widget = forms.Textarea(attrs={"rows": 6, "maxlength": 8000})


class FigureForm(forms.Form):
    """A figure that is entered by hand, and what shows it."""

    numerator = forms.IntegerField(min_value=0, max_value=100_000_000)
    denominator = forms.IntegerField(min_value=1, max_value=100_000_000)
    source_note = forms.CharField(
        label=_("Where the figure is from"),
        max_length=255,
        help_text=_("Such as a class list of 12/5, a decision, a log."),
    )
    evidence = forms.FileField(
        label=_("Evidence (.pdf, .jpg, .png, .docx, .xlsx, up to 10 MB)"),
        required=False,
        help_text=_("A scan or a photo of the page that shows the figure."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.docx,.xlsx"}),
    )

    def __init__(self, *args, indicator: Indicator, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["numerator"].label = indicator.part or _("How many")
        self.fields["denominator"].label = indicator.whole or _("Out of")
        if indicator.measure == Indicator.Measure.COUNT:
            del self.fields["denominator"]

    def clean_evidence(self):
        file = self.cleaned_data["evidence"]
        if file and file.size > LARGEST:
            raise forms.ValidationError(str(EvidenceTooLarge()))
        return file


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label=_("What is to be put right"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1000}),
        error_messages={"required": _("Say what is to be put right.")},
    )


class IndicatorForm(forms.Form):
    """A new version of an indicator."""

    title = forms.CharField(label=_("Indicator"), max_length=255)
    definition = forms.CharField(label=_("Definition"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))
    step = forms.ChoiceField(
        label=_("Who counts as reached"),
        choices=[
            ("reached", _("Opened a lesson, took its quiz or was present")),
            ("started", _("Did something in a lesson or was present")),
            ("finished", _("Finished at least one lesson")),
            ("passed", _("Passed the quiz of at least one lesson")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, indicator: Indicator, **kwargs):
        super().__init__(*args, **kwargs)
        if indicator.rule.get("from") != "coverage":
            del self.fields["step"]
