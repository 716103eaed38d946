"""Errors that people read: one class for forms, pages and RFC 9457 problem documents."""

from django.utils.translation import gettext_lazy as _


class Problem(Exception):
    """Base of every room's domain errors. `detail` is a translated sentence that says what to do."""

    status = 400
    code = "problem"
    title = _("That did not work")
    detail = _("Please try again.")

    def __init__(self, detail=None, **extra):
        self.detail = detail or self.detail
        self.extra = extra
        super().__init__(self.detail)

    def __str__(self):
        return str(self.detail)
