from django.contrib import admin

from members.admin import TopicAdmin
from members.models import Topic
from reading_groups.admin.indexing import Indexed


@admin.register(Topic)
class IndexedTopicAdmin(Indexed, TopicAdmin):
    """Topics are kept a floor below, which knows nothing of groups; their names are part of what finds a group."""

    found_by = "reading_groups"
