"""What can go wrong with a class list, in words that say what to do."""

from django.utils.translation import gettext_lazy

from cms.problems import Problem


class NothingToImport(Problem):
    """No row of the file can be taken; `extra["rejected"]` are the rows."""

    status = 422
    code = "nothing_to_import"
    title = gettext_lazy("Nothing was imported")
    detail = gettext_lazy("No row of the file can be taken. Look at the reasons beside the rows and correct them.")


class UndoRefused(Problem):
    """`extra["hindrances"]` are sentences, each naming what stands in the way."""

    status = 409
    code = "undo_refused"
    title = gettext_lazy("This import cannot be undone")
    detail = gettext_lazy("Something has happened since that depends on it.")


class FileGone(Problem):
    status = 410
    code = "file_gone"
    title = gettext_lazy("The file is no longer here")
    detail = gettext_lazy("The uploaded file has been erased. Upload it again.")
