"""Where the site's own static files get their names."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed names, also inside JavaScript: `import "./browser.js"` must be the very file a page links to.

    Otherwise a module imported by two others would be fetched, and run, once under each of its names.
    """

    support_js_module_import_aggregation = True
