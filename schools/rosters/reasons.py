"""Why a row of a list was refused, or what to look at: a code with parameters, worded in the reader's language."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "missing_code": _("The pupil code is missing."),
    "bad_code": _("“%(value)s” is not a pupil code: use letters, digits and . _ - / only, at most 40."),
    "code_shortened": _("Excel has shortened the code to “%(value)s”. Format the column as text, type it again."),
    "code_is_citizen_id": _("The code looks like a citizen ID number, which is never stored. Use the pupil code."),
    "missing_name": _("The name is missing."),
    "formula_without_value": _(
        "The cell “%(column)s” holds a formula without a result. Open the file in Excel, save it and upload it again."
    ),
    "not_a_name": _("“%(value)s” is not a name."),
    "number_in_name": _(
        "The name holds a date or a number of another column. Look whether two columns share one header in the file."
    ),
    "name_too_long": _("The name has %(length)s characters; at most %(limit)s are possible."),
    "missing_class": _("The class is missing."),
    "class_is_date": _("Excel has turned the class into a date (%(value)s). Format the column as text, type it again."),
    "bad_class": _("“%(value)s” is not a class name: use letters, digits, blanks and . - _ / ( ) + only."),
    "class_too_long": _("The class name “%(value)s” is too long."),
    "unknown_class": _("The class “%(value)s” does not exist and does not begin with a grade of the school."),
    "not_a_date": _("“%(value)s” is not a date. Write it as day/month/year, for example 05/09/2010."),
    "no_such_day": _("There is no such day: “%(value)s”."),
    "no_such_month": _("“%(value)s” has no such month: day and month seem to be swapped."),
    "date_in_future": _("The date of birth %(value)s is in the future."),
    "date_too_long_ago": _("The date of birth %(value)s is too long ago."),
    "date_too_recent": _("The date of birth %(value)s is too recent for a pupil."),
    "ambiguous_year": _("The year of “%(value)s” could be %(first)s or %(second)s. Choose one, or write four digits."),
    "ambiguous_order": _("“%(value)s” could be day/month or month/day. Choose one for the whole file."),
    "perhaps_swapped": _("Excel may have swapped day and month of %(value)s. Choose how to read such dates."),
    "cell_error": _("The cell “%(column)s” holds the error %(value)s."),
    "duplicate_code": _("The code %(value)s stands in rows %(rows)s with different names or dates of birth."),
    "duplicate_in_classes": _("The code %(value)s stands in rows %(rows)s with different classes."),
    "several_codes_match": _("The code %(value)s fits several pupils of the school, apart from leading zeros."),
    "other_pupil_has_code": _(
        "The code %(value)s, apart from leading zeros, belongs to a pupil with another name and date of birth."
    ),
    "name_needed": _("A pupil who is new to the school needs a name; this file has no name column."),
    "class_needed": _("A pupil who is new to the school needs a class; this file names none."),
    "missing_school": _("The code of the school is missing."),
    "unknown_school": _("There is no school with the code %(value)s."),
    "closed_school": _("%(value)s"),
    "missing_username": _("The sign-in name is missing."),
    "bad_username": _("“%(value)s” is not a sign-in name: use letters without accents, digits and . _ - @ only."),
    "username_reserved": _("The sign-in name %(value)s is kept for the site itself. Choose another one."),
    "username_taken": _("The sign-in name %(value)s belongs to somebody who is not on the staff of this school."),
    "duplicate_username": _("The sign-in name %(value)s stands in rows %(rows)s with different names."),
    "class_of_staff_unknown": _("The class “%(value)s” does not exist in this school year."),
    "homeroom_twice": _("Rows %(rows)s name different homeroom teachers for the class %(value)s."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; `str()` words it in the active language."""

    code: str
    params: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(MESSAGES[self.code]) % self.params

    def as_json(self) -> dict:
        return {"code": self.code, "params": self.params}

    @classmethod
    def of_json(cls, stored: dict) -> "Reason":
        return cls(stored["code"], stored["params"])


def reason(code: str, **params) -> Reason:
    """A reason with its parameters as short texts: what people typed may be long."""
    return Reason(code, {name: short(str(value)) for name, value in params.items()})


def short(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
