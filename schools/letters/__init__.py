"""Letters to parents as Word files with the school's and the class's name filled in.

The texts are files with a version, not rows: a consent names the version that was signed, and what was signed must
never change behind it. A new text is a new version; the old one stays in the repository's history.
"""

from schools.letters.texts import LETTERS, Letter

__all__ = ["LETTERS", "Letter"]
