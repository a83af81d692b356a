from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts import actions, links
from cohorts.forms import AnswersForm, ApplicationForm
from cohorts.home import card_for
from cohorts.models import Application, Cohort, Place, Section

State = Application.State
# More than any collaborative prepares at a time.
PAGE = 50


@login_not_required
@require_safe
def cohort_list(request: HttpRequest) -> HttpResponse:
    """What people can apply for, what is under way, and, for members, what they are in or have applied to."""
    now = timezone.now()
    public = Cohort.objects.public().order_by("starts_on", "id")
    others = list(public.exclude(state=Cohort.State.COMPLETED).not_taking_applications(now)[:PAGE])
    for cohort in others:
        cohort.opens_later = _is_early(cohort, now)
    context = {
        "own": card_for(request.user) if request.user.is_authenticated else None,
        "open": list(public.taking_applications(now)),
        "others": others,
    }
    return render(request, "cohorts/cohort-list.html", context)


@require_safe
def cohort_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """A member's own cohort: the dates, their section, who leads it and who is in it."""
    cohort = get_object_or_404(Cohort.objects.visible_to(request.user), slug=slug)
    place = Place.objects.filter(cohort=cohort, member=request.user).first()
    sections = list(cohort.sections.by_name().with_leaders())
    own = [section for section in sections if _is_own(section, place, request.user.pk)]
    people = cohort.places.people().filter(section__in=own) if own else Place.objects.none()
    by_section: dict[int | None, list[Place]] = {}
    for person in people:
        by_section.setdefault(person.section_id, []).append(person)
    context = {
        "cohort": cohort,
        "place": place,
        "sections": sections,
        "own_sections": [{"section": section, "people": by_section.get(section.pk, [])} for section in own],
    }
    return render(request, "cohorts/cohort-detail.html", context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def application_create(request: HttpRequest, slug: str) -> HttpResponse:
    """The public form. Members who have applied come to their own application instead."""
    cohort = get_object_or_404(Cohort.objects.public(), slug=slug)
    now, member = timezone.now(), request.user if request.user.is_authenticated else None
    own = cohort.applications.filter(member=member).first() if member else None
    if own:
        return redirect(links.edit_path(own.pk))
    is_closed = not cohort.is_open_at(now)
    form = ApplicationForm(_sent(request), initial=_known_of(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.apply_to_cohort(
                cohort_id=cohort.pk, actor=member, email=form.cleaned_data["email"], answers=form.answers, now=now
            )
        except actions.ApplicationsAreClosed:
            is_closed = True
        else:
            return redirect("cohorts:application-sent", cohort.slug)
    context = {"cohort": cohort, "form": form, "is_closed": is_closed, "is_early": _is_early(cohort, now)}
    status = 422 if request.method == "POST" else 200
    return render(request, "cohorts/application-create.html", context, status=status)


@login_not_required
@require_safe
def application_sent(request: HttpRequest, slug: str) -> HttpResponse:
    """Says the same to everybody, whether the address had applied before or not."""
    cohort = get_object_or_404(Cohort.objects.public(), slug=slug)
    return render(request, "cohorts/application-sent.html", {"cohort": cohort})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def application_edit(request: HttpRequest, token: str) -> HttpResponse:
    """One's own application, by the link in the mail: to read, to change until the deadline, to withdraw."""
    application = _application_to_edit(token)
    cohort, now = application.cohort, timezone.now()
    may_change = cohort.is_open_at(now) and application.state in {State.SUBMITTED, State.WITHDRAWN}
    form = AnswersForm(_sent(request), initial=AnswersForm.initial_from(application))
    too_late = False
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_application(application_id=application.pk, answers=form.answers, now=now)
        except actions.ApplicationsAreClosed:
            too_late = True
        else:
            messages.success(request, _("Your application is saved."))
            return redirect(request.path)
    context = {
        "application": application,
        "cohort": cohort,
        "form": form,
        "token": token,
        "may_change": may_change,
        "too_late": too_late or (request.method == "POST" and not may_change),
        "may_withdraw": application.state in {State.SUBMITTED, State.WAITLISTED, State.ACCEPTED}
        and application.claimed_at is None,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "cohorts/application-edit.html", context, status=status)


@login_not_required
@require_POST
def application_withdraw(request: HttpRequest, token: str) -> HttpResponse:
    application = _application_to_edit(token)
    try:
        actions.withdraw_application(application_id=application.pk, now=timezone.now())
    except actions.CannotWithdraw:
        messages.error(request, _("This application can no longer be withdrawn here. Write to the organizers."))
    else:
        messages.success(request, _("Your application is withdrawn."))
    return redirect(links.edit_path(application.pk))


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def place_claim(request: HttpRequest, token: str) -> HttpResponse:
    """The link of an acceptance. It asks for an account, whatever its address, and one click takes up the place."""
    application = links.application_to_claim(token)
    if application is None:
        raise Http404
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.path)
        return _claim(request, application)
    context = {
        "application": application,
        "cohort": application.cohort,
        "is_claimed": application.claimed_at is not None,
        "is_own": request.user.is_authenticated and application.member_id == request.user.pk,
        "is_there": application.state == State.ACCEPTED and application.cohort.is_filling,
    }
    return render(request, "cohorts/place-claim.html", context)


def _claim(request: HttpRequest, application: Application) -> HttpResponse:
    try:
        place = actions.claim_place(actor=request.user, application_id=application.pk, now=timezone.now())
    except actions.ClaimedByAnother:
        messages.error(request, _("Somebody has taken up this place already. If it was not you, write to us."))
    except actions.AlreadyInCohort:
        messages.error(request, _("You have a place or an application of your own in this cohort."))
    except (actions.NothingToClaim, Application.DoesNotExist):
        messages.error(request, _("This place is no longer there to take up. Write to us if that is a surprise."))
    else:
        messages.success(request, _("Your place is taken. Welcome."))
        return redirect(place.cohort)
    return redirect(request.path)


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _application_to_edit(token: str) -> Application:
    application = links.application_to_edit(token)
    if application is None:
        raise Http404
    return application


def _known_of(request: HttpRequest) -> dict[str, str]:
    """What we know of somebody already, so that they need not type it again."""
    if not request.user.is_authenticated:
        known_zone = timezone.get_current_timezone_name() if request.zone_is_known else ""  # type: ignore[attr-defined]
        return {"zone": known_zone}
    member = request.user
    return {
        "name": member.name,
        "email": member.email,
        "country": member.country,
        "zone": member.time_zone,
        "institution": member.institution.name if member.institution else "",
    }


def _is_early(cohort: Cohort, now: datetime) -> bool:
    opens_at = cohort.applications_open_at
    return cohort.state == Cohort.State.APPLICATIONS and opens_at is not None and now < opens_at


def _is_own(section: Section, place: Place | None, member_id: int) -> bool:
    in_it = place is not None and place.section_id == section.pk
    return in_it or any(leader.pk == member_id for leader in section.leaders.all())
