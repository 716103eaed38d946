"""What is stored, and the three levels of record: statements (append-only), attempts, and what the site makes of them."""

from django_h5p.models.attempts import Attempt, Statement, UserData
from django_h5p.models.contents import Content, ContentVersion, Package, PinnedLibrary
from django_h5p.models.libraries import Library

__all__ = ["Attempt", "Content", "ContentVersion", "Library", "Package", "PinnedLibrary", "Statement", "UserData"]
