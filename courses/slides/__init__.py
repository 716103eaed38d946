"""A lesson cut into screens for the wall."""

from courses.slides.screens import Screen, screens_of

__all__ = ["Screen", "screens_of"]
