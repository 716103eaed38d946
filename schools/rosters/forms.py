"""Forms of the class-list screen. Labels speak to the school's administrator; errors say what to do."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from django import forms
from django.utils.translation import gettext_lazy as _

from schools.models import SchoolYear
from schools.rosters.columns import Field, field_labels, label_key
from schools.rosters.records import MappedSheet
from schools.rosters.values import Order

MAX_UPLOAD = 5 * 1024 * 1024


class UploadForm(forms.Form):
    """A file, and whom it lists."""

    who = forms.ChoiceField(
        label=_("Whom does the file list?"),
        choices=[("pupils", _("Pupils")), ("staff", _("Staff"))],
        widget=forms.RadioSelect,
        initial="pupils",
    )
    year = forms.ModelChoiceField(label=_("School year"), queryset=SchoolYear.objects.none(), to_field_name="code")
    file = forms.FileField(
        label=_("File"),
        help_text=_("Excel (.xlsx) or CSV, up to 5 MB, as vnEdu, SMAS or CSDL ngành exports it. Change nothing in it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.csv,.txt,.tsv"}),
        error_messages={
            "required": _("Choose the file with the list."),
            "empty": _("The file is empty. Choose another one."),
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].queryset = SchoolYear.objects.order_by("-starts_on")
        self.fields["year"].empty_label = None
        current = SchoolYear.objects.current()
        if current:
            self.fields["year"].initial = current.code

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_UPLOAD:
            raise forms.ValidationError(
                _("The file has %(size).1f MB; at most 5 MB are possible. Upload one file per grade.")
                % {"size": file.size / 1024 / 1024}
            )
        return file


_COLUMN = "column:"
_CHOOSABLE = (
    Field.CODE, Field.FULL_NAME, Field.FAMILY, Field.GIVEN, Field.BIRTH_DATE, Field.GENDER, Field.CLASS, Field.STATUS,
)  # fmt: skip
_STAFF_CHOOSABLE = (
    Field.USERNAME, Field.FULL_NAME, Field.FAMILY, Field.GIVEN, Field.SUBJECT, Field.HOMEROOM, Field.TAUGHT,
)  # fmt: skip


class ProvinceForm(UploadForm):
    """A list of many schools."""

    complete = forms.BooleanField(
        label=_("Pupils who are not in the file have left"),
        help_text=_("Only in schools that are in the file. Leave it empty when the list is not whole."),
        required=False,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["who"]
        self.fields["file"].help_text = _(
            "Excel (.xlsx) or CSV, up to 20 MB and 60,000 rows, with a column Mã trường: the code of the school in each row."
        )


class ChoicesForm(forms.Form):
    """What cannot be read in one way only, and the columns where the reading may be corrected."""

    century = forms.TypedChoiceField(
        label=_("Years are written with two digits. Which century?"),
        choices=[("2000", _("20xx: 10 is 2010")), ("1900", _("19xx: 10 is 1910"))],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    order = forms.ChoiceField(
        label=_("How are the dates written?"),
        required=False,
        widget=forms.RadioSelect,
    )
    complete = forms.BooleanField(
        label=_("The file lists every pupil of the school"),
        help_text=_("Pupils of this school year who are not in the file are taken out of their classes."),
        required=False,
    )

    def __init__(
        self,
        *args,
        questions: AbstractSet[str] = frozenset(),
        sheets: Sequence[MappedSheet] = (),
        labels: tuple[str, ...] = (),
        chosen: dict[str, str] | None = None,
        staff: bool = False,
        **kwargs,
    ):
        """`questions` are the kinds to ask; `labels` the headers of a table whose key column was not found."""
        super().__init__(*args, **kwargs)
        self.staff = staff
        if "century" not in questions:
            del self.fields["century"]
        if "swapped" in questions:
            self.fields["order"].label = _(
                "Excel may have swapped day and month of some dates. How shall we read them?"
            )
            self.fields["order"].choices = [
                (str(Order.SWAPPED), _("Swap them back")),
                (str(Order.DAY_FIRST), _("Take them as they stand")),
            ]
        elif "order" in questions:
            self.fields["order"].choices = [
                (str(Order.DAY_FIRST), _("Day first: 05/09 is 5 September")),
                (str(Order.MONTH_FIRST), _("Month first: 05/09 is 9 May")),
            ]
        else:
            del self.fields["order"]
        if staff:
            del self.fields["complete"]
        self._add_columns(sheets, labels, chosen or {})

    def _add_columns(self, sheets, labels, chosen: dict[str, str]) -> None:
        found: dict[str, tuple[str, str]] = {}
        for sheet in sheets:
            for meaning, label in sheet.columns.items():
                found.setdefault(label_key(label), (label, str(meaning)))
            for label in sheet.ignored:
                found.setdefault(label_key(label), (label, ""))
        for label in labels:
            found.setdefault(label_key(label), (label, ""))
        choosable = _STAFF_CHOOSABLE if self.staff else _CHOOSABLE
        names = field_labels()
        options = [("", _("do not read")), *((str(f), names[f]) for f in choosable)]
        for key, (label, meaning) in list(found.items())[:60]:
            if not key:
                continue
            value = chosen.get(key, meaning)
            listed = options if value in {option for option, _label in options} else [*options, (value, _("as found"))]
            self.fields[f"{_COLUMN}{key}"] = forms.ChoiceField(
                label=label, choices=listed, initial=value, required=False
            )
        self._found = found

    def columns(self):
        """The bound fields of the column choices, for the template."""
        return [self[name] for name in self.fields if name.startswith(_COLUMN)]

    def questions(self):
        return [self[name] for name in ("century", "order") if name in self.fields]

    def options(self) -> dict:
        """What was decided, as it is stored: only columns that differ from what was found."""
        decided = {name: self.cleaned_data[name] for name in ("century", "order", "complete") if name in self.fields}
        columns = {}
        for name in self.fields:
            if name.startswith(_COLUMN):
                key = name.removeprefix(_COLUMN)
                if self.cleaned_data[name] != self.fields[name].initial:
                    columns[key] = self.cleaned_data[name]
        return {**decided, "columns": columns}
