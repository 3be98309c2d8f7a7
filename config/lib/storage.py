"""Static files with their content's hash in the name, modules that import modules included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Rewrites `import "./x.js"` too, so that a page never mixes two versions of one module."""

    support_js_module_import_aggregation = True
