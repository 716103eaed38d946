"""What is in a package: read and judged without writing anything anywhere."""

from django_h5p.reading.contents import PackageContents, read_package
from django_h5p.reading.definitions import LibraryDefinition, Line

__all__ = ["LibraryDefinition", "Line", "PackageContents", "read_package"]
