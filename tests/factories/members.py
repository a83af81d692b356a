import factory
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from members.actions import save_topic
from members.models import Collective, Institution, Member, Topic

PASSWORD = "a long enough phrase"
# Hashing is slow on purpose; once is enough for a run.
HASHED = make_password(PASSWORD)


class InstitutionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Institution

    name = factory.Sequence(lambda n: f"University {n}")
    country = "KE"


class MemberFactory(factory.django.DjangoModelFactory):
    """A member with a profile and a verified address, who can sign in with PASSWORD."""

    class Meta:
        model = Member
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"member{n}@example.org")
    name = factory.Sequence(lambda n: f"Member {n}")
    time_zone = "Asia/Kolkata"
    password = HASHED

    @factory.post_generation
    def verified(self, create, extracted, **kwargs):
        if create and extracted is not False:
            EmailAddress.objects.create(user=self, email=self.email, verified=True, primary=True)


class AdminFactory(MemberFactory):
    """A member who may do whatever an admin may."""

    is_staff = is_superuser = True


class TopicFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Topic

    name = factory.Sequence(lambda n: f"Topic {n}")
    slug = factory.Sequence(lambda n: f"topic-{n}")
    parent = None

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return save_topic(topic=model_class(*args, **kwargs))


class CollectiveFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Collective

    name = factory.Sequence(lambda n: f"Collective {n}")
    slug = factory.Sequence(lambda n: f"collective-{n}")
