from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from members import actions
from members.forms import ProfileForm, TopicExperienceFormSet, institution_names
from members.models import Member


def profile_edit(request: HttpRequest) -> HttpResponse:
    """A member's own profile; the first page after signing up."""
    member = request.user
    if request.method == "POST":
        form = ProfileForm(request.POST)
        topics = TopicExperienceFormSet(request.POST, prefix="topics")
        if form.is_valid() and topics.is_valid():
            data = form.cleaned_data
            actions.update_profile(
                actor=member,
                name=data["name"],
                time_zone=data["time_zone"],
                institution_name=data["institution"],
                language=data.get("language", member.language),
                spoken_languages=data["spoken_languages"],
                academic_position=data["academic_position"],
                citation_count=data["citation_count"],
                bio=data["bio"],
                topics=topics.rows(),
            )
            messages.success(request, _("Your profile is saved."))
            return redirect(_after(request))
    else:
        form = ProfileForm(initial=ProfileForm.initial_from(member))
        topics = TopicExperienceFormSet(prefix="topics", initial=_topics_of(member))
    context = {
        "form": form,
        "topics": topics,
        "institutions": institution_names(),
        "is_new": not member.has_profile,
        "next": request.GET.get("next", request.POST.get("next", "")),
    }
    return render(request, "members/profile-edit.html", context, status=422 if form.is_bound else 200)


def _topics_of(member: Member) -> list[dict[str, object]]:
    rows = member.topic_experience.order_by("topic__path").values("topic", "level", "months")
    return [dict(row) for row in rows]


def _after(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return target
    return "home:me"
