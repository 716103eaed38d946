"""What goes wrong when something is taken from here."""

from django.utils.translation import gettext_lazy as _

from cms.problems import Problem


class NoLongerShared(Problem):
    """A short link, poster or embed of a material that was open to everybody once."""

    status = 410
    code = "no_longer_shared"
    title = _("This is no longer here")
    detail = _("What this address led to has been taken back. Look for something newer by the search.")
