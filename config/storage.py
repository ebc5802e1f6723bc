"""Static files with hashed names; imports between JavaScript modules are rewritten too, so no bundler is needed."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, StaticFilesStorage


class StaticStorage(ManifestStaticFilesStorage):
    """Hashed names once `collectstatic` has run (`manage.py up` does it); the plain names before that, as in tests."""

    support_js_module_import_aggregation = True
    manifest_strict = False

    def url(self, name: str | None, force: bool = False) -> str:
        if not self.hashed_files:
            return StaticFilesStorage.url(self, name)
        return super().url(name or "", force)
