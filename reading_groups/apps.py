from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReadingGroupsConfig(AppConfig):
    name = "reading_groups"
    verbose_name = _("Reading groups")
