from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.utils.translation import gettext_lazy as _


class CollaborativeConfig(AppConfig):
    name = "collaborative"
    verbose_name = _("This site")


class CollectedFilesConfig(StaticFilesConfig):
    """Leaves out what libraries bring along and no page of ours loads; compressing it would take most of the time."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "redoc", "rest_framework", "swagger-ui-standalone-preset*"]
