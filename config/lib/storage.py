"""Static files with their content's hash in the name, the modules our modules import included."""

from typing import Any

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

_, MODULE_IMPORTS = HashedFilesMixin._js_module_import_aggregation_patterns


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Rewrites `import "./x.js"` in our own static/js, so that a page never mixes two versions of one module.

    Django's own switch for this would also read the packages' bundles, some of which name files they do not ship.
    """

    patterns = (*HashedFilesMixin.patterns, ("js/*.js", MODULE_IMPORTS))

    def create_compressor(self, **kwargs: Any) -> Compressor:
        """Gzip only: Brotli makes files a tenth smaller and the first start of a production a minute longer."""
        return Compressor(use_brotli=False, **kwargs)
