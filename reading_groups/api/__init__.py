"""Groups for programs, by subject, and the addresses at which each answers."""

from rest_framework.routers import SimpleRouter

from reading_groups.api.certificates import CertificateViewSet
from reading_groups.api.groups import GroupViewSet
from reading_groups.api.pool import PaperViewSet, PoolViewSet
from reading_groups.api.presenting import PresentingViewSet
from reading_groups.api.schedule import SessionViewSet

router = SimpleRouter()
router.register("groups", GroupViewSet, basename="group")
router.register(r"groups/(?P<group_slug>[-\w]+)/pool", PoolViewSet, basename="pool")
router.register(r"groups/(?P<group_slug>[-\w]+)/presenting", PresentingViewSet, basename="presenting")
router.register("certificates", CertificateViewSet, basename="certificate")
router.register(r"groups/(?P<group_slug>[-\w]+)/sessions", SessionViewSet, basename="session")
router.register("papers", PaperViewSet, basename="paper")
