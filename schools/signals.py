"""News of this room for those above it."""

from django.dispatch import Signal

# A class goes on as another one, at the school that followed its own. Arguments: before, after (both SchoolClass).
class_continued = Signal()

# Rows of `other_id` now belong to `kept_id`, or have gone back (`undone`): projections of both are to be made anew.
persons_merged = Signal()

# Who is on the lists of some classes has changed, one by one; whole lists tell it by their `RosterImport`. Argument:
# class_ids (keys of SchoolClass).
rosters_changed = Signal()
