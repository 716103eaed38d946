"""News about procedures and languages. Rooms that use one listen and mark what depends on it."""

from django.dispatch import Signal

# sender=Procedure; procedure: the saved record; changed: names of the fields that differ
procedure_changed = Signal()
# sender=Procedure; procedure: the record whose review_by has passed
procedure_stale = Signal()
# sender=ContentLanguage; code: the site's language that readers are offered from now on, or no longer
site_language_changed = Signal()
