"""Which static files are collected, and how they get their names."""

from django.contrib.staticfiles.apps import StaticFilesConfig
from django.utils.functional import cached_property
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Named without a hash by the pages that must work when nothing else does (500.html, 503.html).
PLAIN = frozenset(["vendor/site.css", "illustrations/mark.svg", "illustrations/error.svg"])


class StaticFiles(StaticFilesConfig):
    """Leaves out what other apps bring and no page of ours asks for."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "django_htmx", "redoc*"]


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed names, also inside JavaScript: `import "./browser.js"` must be the very file a page links to.

    Otherwise a module imported by two others would be fetched, and run, once under each of its names.
    """

    support_js_module_import_aggregation = True

    @cached_property
    def _addresses(self) -> dict[str, str]:
        return {}

    def url(self, name, force=False):
        """Worked out once for each name: a page has dozens of icons, all in one file."""
        if force:
            return super().url(name, force)
        if name not in self._addresses:
            self._addresses[name] = super().url(name)
        return self._addresses[name]

    def delete_files(self, files_to_delete):
        super().delete_files(set(files_to_delete) - PLAIN)
