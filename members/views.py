from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.redirects import next_url
from members import actions
from members.forms import ProfileForm, TopicExperienceFormSet, institution_names, topics_by_id
from members.models import Member, Topic


@require_http_methods(["GET", "HEAD", "POST"])
def profile_edit(request: HttpRequest) -> HttpResponse:
    """A member's own profile; the first page after signing up."""
    member = request.user
    data = request.POST if request.method == "POST" else None
    form = ProfileForm(data, initial=ProfileForm.initial_from(member) | _known_zone(request, member))
    topics = TopicExperienceFormSet(
        data,
        prefix="topics",
        initial=_topics_of(member),
        form_kwargs={"topics": topics_by_id(Topic.objects.in_tree_order())},
    )
    # Both are checked, so that all that is wrong is said at once.
    if data is not None and all([form.is_valid(), topics.is_valid()]):
        clean = form.cleaned_data
        actions.update_profile(
            actor=member,
            name=clean["name"],
            time_zone=clean["time_zone"],
            institution_name=clean["institution"],
            language=clean.get("language", member.language),
            spoken_languages=clean["spoken_languages"],
            academic_position=clean["academic_position"],
            citation_count=clean["citation_count"],
            bio=clean["bio"],
            shows_name_publicly=clean["shows_name_publicly"],
            topics=topics.rows(),
        )
        messages.success(request, _("Your profile is saved."))
        return redirect(next_url(request, default="home:me"))
    context = {
        "form": form,
        "topics": topics,
        "institutions": institution_names(),
        "is_new": not member.has_profile,
        "next": request.POST.get("next", request.GET.get("next", "")),
    }
    return render(request, "members/profile-edit.html", context, status=422 if form.is_bound else 200)


def _known_zone(request: HttpRequest, member: Member) -> dict[str, str]:
    """What somebody chose or their browser told while they were a visitor, for those who have no zone yet."""
    known = request.zone_is_known and not member.time_zone  # type: ignore[attr-defined]
    return {"time_zone": timezone.get_current_timezone_name()} if known else {}


def _topics_of(member: Member) -> list[dict[str, object]]:
    rows = member.topic_experience.order_by("topic__path").values("topic", "level", "months")
    return [dict(row) for row in rows]
