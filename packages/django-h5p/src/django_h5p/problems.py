"""What can go wrong, each with a stable code, an HTTP status and a translated sentence that says what to do."""

from django.utils.translation import gettext_lazy as _


class H5PProblem(Exception):
    """Base of the package's errors. `detail` is for people, `code` for programs."""

    status = 400
    code = "h5p_problem"
    title = _("That did not work")
    detail = _("Please try again.")

    def __init__(self, detail=None, *, code: str = "", **extra):
        self.detail = detail or self.detail
        self.code = code or self.code
        self.extra = extra
        super().__init__(self.detail)

    def __str__(self):
        return str(self.detail)


class PackageRefused(H5PProblem):
    """A package that is not taken. `code` names the fault; the codes are listed in README.md."""

    status = 422
    code = "h5p_refused"
    title = _("This H5P file cannot be used")


class LibraryMissing(PackageRefused):
    """Libraries the content needs are neither in the package nor installed, or may not be installed by this person."""

    code = "missing_library"


class NotSignedIn(H5PProblem):
    status = 401
    code = "not_signed_in"
    title = _("You are not signed in")
    detail = _("Sign in and try again.")


class TokenWrong(H5PProblem):
    status = 403
    code = "token_wrong"
    title = _("This exercise was opened elsewhere")
    detail = _("Reload the page and open the exercise again.")


class TokenExpired(TokenWrong):
    code = "token_expired"
    title = _("The page was open too long")


class NotYours(H5PProblem):
    status = 404
    code = "not_found"
    title = _("Not found")
    detail = _("There is nothing at this address, or it is not yours to see.")


class BadStatement(H5PProblem):
    status = 422
    code = "bad_statement"
    title = _("The statement cannot be read")
    detail = _("The exercise sent something that is not an xAPI statement about itself.")


class TooLarge(H5PProblem):
    status = 413
    code = "too_large"
    title = _("Too much was sent at once")
    detail = _("The exercise tried to save more than is kept.")


class TooMany(H5PProblem):
    status = 429
    code = "too_many_statements"
    title = _("Too many statements")
    detail = _("This attempt keeps no more statements. Open the exercise again.")


class InUse(H5PProblem):
    status = 409
    code = "in_use"
    title = _("This is in use")
    detail = _("It has been played or is shown on a page, so it is kept.")
