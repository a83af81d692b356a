"""What organizers do with a group of theirs: its settings, its dates, its state, its next term."""

from copy import copy
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from reading_groups import actions
from reading_groups.actions.groups import NEXT_STATES
from reading_groups.forms.planning import PlanForm
from reading_groups.forms.proposals import SettingsForm
from reading_groups.forms.terms import ChaptersForm, CopyForm
from reading_groups.models import Enrolment, ReadingGroup
from reading_groups.views.loading import own_group, visible_groups
from reading_groups.views.proposals import tell_skipped

State = ReadingGroup.State

# What organizers do on the site, in this order; sign-up that closes again is a pause.
STEPS = {
    State.OPEN: gettext_lazy("Open for sign-up"),
    State.RUNNING: gettext_lazy("Begin the term"),
    State.PAUSED: gettext_lazy("Pause"),
    State.COMPLETED: gettext_lazy("Complete"),
    State.ARCHIVED: gettext_lazy("Archive"),
}
# What is said once it is done.
DONE = {
    State.OPEN: gettext_lazy("The group is open for sign-up."),
    State.RUNNING: gettext_lazy("The group is running."),
    State.PAUSED: gettext_lazy("The group pauses. Those with a place are told by email."),
    State.COMPLETED: gettext_lazy("The group is completed. Its page stays to be read."),
    State.ARCHIVED: gettext_lazy("The group is archived."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def group_settings(request: HttpRequest, slug: str) -> HttpResponse:
    """All that organizers set of their group, but for its dates and its state."""
    group = own_group(request, slug)
    if group.is_on_review:
        return redirect(group.get_proposal_url())
    form = SettingsForm(request.POST if request.method == "POST" else None, instance=copy(group))
    if form.is_bound and form.is_valid():
        try:
            saved = actions.change_settings(
                actor=request.user, group=form.instance, topics=form.chosen_topics, now=timezone.now()
            )
        except ReadingGroup.DoesNotExist:
            raise Http404 from None
        messages.success(request, _("The settings are saved."))
        too_many = saved.places_taken - saved.capacity
        if too_many > 0:
            told = ngettext(
                "%(n)s person more than that has a place or a held one. Nobody loses it; places go as people leave.",
                "%(n)s people more than that have a place or a held one. Nobody loses it; places go as people leave.",
                too_many,
            )
            messages.info(request, told % {"n": too_many})
        return redirect(group)
    return _form_page(
        request,
        group,
        form,
        heading=_("Settings"),
        lead=_("What people see of the group, and how many it takes."),
        button=_("Save the settings"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def group_plan(request: HttpRequest, slug: str) -> HttpResponse:
    """Add sessions, by a rule or on single dates. Those that stand already are kept."""
    group = own_group(request, slug)
    if group.is_on_review:
        return redirect(group.get_proposal_url())
    data = request.POST if request.method == "POST" else None
    initial = {
        "how": "dates" if group.weekday is None else "rule",
        "weekday": group.weekday,
        "at": group.starts_at_time,
        "every_weeks": group.every_weeks,
    }
    form = PlanForm(
        data,
        initial=initial,
        today=timezone.localdate(timezone=ZoneInfo(group.zone)),
        zone=group.zone,
        taken=_moments_of(group) if data is not None else frozenset(),
        offers_later=False,
    )
    if form.is_bound and form.is_valid():
        try:
            new = actions.follow_plan(group_id=group.pk, plan=form.plan)
        except ReadingGroup.DoesNotExist:
            raise Http404 from None
        told = ngettext("%(n)s session is added.", "%(n)s sessions are added.", len(new)) % {"n": len(new)}
        kept = len(form.plan.moments) - len(new)
        if kept:
            told += " " + ngettext("%(n)s stood already and is kept.", "%(n)s stood already and are kept.", kept) % {
                "n": kept
            }
        messages.success(request, told)
        tell_skipped(request, form, group.zone)
        return redirect(f"{group.get_absolute_url()}#schedule")
    return _form_page(
        request,
        group,
        form,
        heading=_("Plan sessions"),
        lead=_("Sessions that stand already are kept, and nobody gets a mail now. A rule becomes that of the group."),
        button=_("Plan the sessions"),
        template="reading_groups/group-plan.html",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def group_state(request: HttpRequest, slug: str) -> HttpResponse:
    """Open, begin, pause, complete or archive a group: first what it means for people, then, by POST, it is done."""
    group = get_object_or_404(visible_groups(request).with_waiting(), slug=slug)
    if not request.user.has_perm("reading_groups.run_group", group):
        raise PermissionDenied
    to = (request.POST if request.method == "POST" else request.GET).get("to", "")
    if to == group.state:
        return redirect(group)
    steps = steps_of(group)
    if to not in dict(steps):
        messages.error(request, _("From where this group is now, that is not possible."))
        return redirect(group)
    if request.method == "POST":
        try:
            actions.set_state(group_id=group.pk, state=to, now=timezone.now())
        except ReadingGroup.DoesNotExist:
            raise Http404 from None
        except actions.CannotChangeState:
            messages.error(request, _("Somebody has changed this group meanwhile, so it was left as it is."))
        else:
            messages.success(request, DONE[State(to)])
        there = visible_groups(request).filter(pk=group.pk).exists()
        return redirect(group if there else "reading_groups:group-list")
    context = {
        "group": group,
        "to": to,
        "step": dict(steps)[to],
        "waiting": group.waiting,
        "invited": _invited_first(group) if to == State.OPEN and group.state == State.DRAFT else 0,
        "is_for_good": to in ReadingGroup.OVER,
        "is_complete": to == State.COMPLETED and actions.has_run(group, timezone.now()),
    }
    if context["is_complete"]:
        earned = actions.earned_in(group, timezone.now(), states=[Enrolment.State.ENROLLED])
        context |= {"known": len(earned.sessions), "needed": earned.needed, "certificates": len(earned.enough)}
    return render(request, "reading_groups/group-state.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def group_copy(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a draft of the next term."""
    group = own_group(request, slug)
    if group.is_on_review:
        return redirect(group.get_proposal_url())
    data = request.POST if request.method == "POST" else None
    form = CopyForm(data, initial={"title": group.title}, today=timezone.localdate())
    if form.is_bound and form.is_valid():
        clean = form.cleaned_data
        try:
            copied = actions.copy_group(
                actor=request.user,
                group_id=group.pk,
                title=clean["title"],
                first_on=clean["first_on"],
                with_sessions=clean["readings"] == "sessions",
                head_start_days=clean["head_start_days"],
                now=timezone.now(),
            )
        except ReadingGroup.DoesNotExist:
            raise Http404 from None
        except actions.TermIsTooLong:
            form.add_error("readings", _("These sessions go over more than a year. Take the list without sessions."))
        else:
            messages.success(request, _("This is the draft of the next term. Look it over, then open it for sign-up."))
            return redirect(copied)
    return _form_page(
        request,
        group,
        form,
        heading=_("The next term"),
        lead=_("A draft with the same reading list, seen by its organizers until they open it."),
        button=_("Make the draft"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def group_chapters(request: HttpRequest, slug: str) -> HttpResponse:
    """Put the chapters of a textbook on the list of the group that reads it."""
    group = own_group(request, slug)
    if group.format != ReadingGroup.Format.TEXTBOOK:
        raise Http404
    form = ChaptersForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            new = actions.add_chapters(group_id=group.pk, **form.cleaned_data, now=timezone.now())
        except ReadingGroup.DoesNotExist:
            raise Http404 from None
        told = ngettext("%(n)s chapter is added.", "%(n)s chapters are added.", len(new)) % {"n": len(new)}
        messages.success(request, told if new else _("All of these chapters stood on the list already."))
        return redirect(group.get_proposal_url() if group.is_on_review else group.get_absolute_url())
    return _form_page(
        request,
        group,
        form,
        heading=_("Chapters"),
        lead=_("A textbook is read chapter by chapter; each chapter is a reading of its own."),
        button=_("Add the chapters"),
    )


def steps_of(group: ReadingGroup) -> list[tuple[str, str]]:
    """The states that organizers can bring a group to, each with what its button says."""
    possible = [(state, label) for state, label in STEPS.items() if state in NEXT_STATES[State(group.state)]]
    if group.state in {State.RUNNING, State.PAUSED}:
        # Sign-up is open in a running group as well, and a paused one goes on as what it was.
        possible = [(state, label) for state, label in possible if state != State.OPEN]
    if group.state == State.PAUSED:
        possible = [(state, _("Go on") if state == State.RUNNING else label) for state, label in possible]
    return possible


def _moments_of(group: ReadingGroup) -> frozenset:
    zone = ZoneInfo(group.zone)
    starts = group.sessions.filter(starts_at__isnull=False).values_list("starts_at", flat=True)
    local = [start.astimezone(zone) for start in starts if start is not None]
    return frozenset((moment.date(), moment.time()) for moment in local)


def _invited_first(group: ReadingGroup) -> int:
    """How many people of the term before a place may be held for, once the group opens."""
    if group.copied_from_id is None or not group.head_start_days or group.invited_at is not None:
        return 0
    return actions.members_of_term_before(group).count()


def _form_page(
    request: HttpRequest,
    group: ReadingGroup,
    form: Any,
    *,
    template: str = "reading_groups/group-form.html",
    **words: str,
) -> HttpResponse:
    context = {"group": group, "form": form, **words}
    return render(request, template, context, status=422 if form.is_bound else 200)
