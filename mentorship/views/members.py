"""What members see: open rounds, their offer and request, their pairs."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import FETCH_RAISE
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.availability.models import Meeting
from members.models import TopicExperience
from members.redirects import profile_first
from mentorship import actions
from mentorship.forms import OfferForm, RequestForm
from mentorship.meeting import times_for
from mentorship.models import Alternative, Mentorship, Offer, Request, Round
from mentorship.rules import is_peer

ROUNDS_SHOWN = 20


@require_safe
def round_list(request: HttpRequest) -> HttpResponse:
    """The open rounds with what the member has said in them, and the member's own pairs."""
    now = timezone.now()
    member = request.user
    offers = {offer.round_id: offer for offer in Offer.objects.filter(member=member)}
    asked = {row.round_id: row for row in Request.objects.filter(member=member)}
    rounds = list(Round.objects.visible_to(member).latest_first()[:ROUNDS_SHOWN])
    pairs = Mentorship.objects.of(member).select_related("mentor", "mentee", "round").order_by("-starts_on", "-id")
    may_match = member.has_perm("mentorship.match_rounds")
    looked_after = Alternative.objects.filter(mentee=member, round__state=Round.State.PUBLISHED)
    context = {
        "rounds": [
            {
                "round": row,
                "offer": offers.get(row.pk),
                "request": asked.get(row.pk),
                "takes_people": row.takes_people(now),
                "is_settled": row.state == Round.State.PUBLISHED,
                "may_offer": is_peer(member, row),
            }
            for row in rounds
            if row.takes_people(now) or (row.state != Round.State.PUBLISHED and (row.pk in offers or row.pk in asked))
        ],
        "pairs": [
            {"pair": pair, "other": pair.mentor if pair.mentee_id == member.pk else pair.mentee}
            for pair in pairs.fetch_mode(FETCH_RAISE)
        ],
        "alternatives": list(looked_after.select_related("round", "responsible").order_by("-round__closes_at")[:1]),
        "may_match": may_match,
        "boards": rounds if may_match else [],
    }
    return render(request, "mentorship/round-list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def offer_edit(request: HttpRequest, slug: str) -> HttpResponse:
    mentoring_round = _round(request, slug)
    if not request.user.has_profile:
        return profile_first(request, _("Tell us your name and time zone first."), request.path)
    offer = Offer.objects.filter(round=mentoring_round, member=request.user).first()
    initial: dict[str, Any] = {}
    if offer is not None:
        initial = {"capacity": offer.capacity, "minutes": offer.minutes, "note": offer.note}
        initial["avoid"] = list(offer.avoid.values_list("pk", flat=True))
    form = OfferForm(request.POST if request.method == "POST" else None, initial=initial, member=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_offer(actor=request.user, round_id=mentoring_round.pk, now=timezone.now(), **form.cleaned_data)
        except actions.RoundIsClosed:
            form.add_error(None, _too_late(mentoring_round))
        except actions.NotAPeer:
            form.add_error(None, _("Mentors here are peers, and by your profile you are further on than that."))
        else:
            messages.success(request, _("Your offer is saved. You can change it until the deadline."))
            return redirect("mentorship:round-list")
    experience = list(
        TopicExperience.objects.filter(member=request.user).select_related("topic").order_by("topic__path")
    )
    context = {"round": mentoring_round, "form": form, "own": offer, "experience": experience}
    return _form_page(request, "mentorship/offer-edit.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
def request_edit(request: HttpRequest, slug: str) -> HttpResponse:
    mentoring_round = _round(request, slug)
    if not request.user.has_profile:
        return profile_first(request, _("Tell us your name and time zone first."), request.path)
    own = Request.objects.filter(round=mentoring_round, member=request.user).first()
    initial: dict[str, Any] = {}
    if own is not None:
        initial = {"goals": own.goals, "level": own.level, "minutes": own.minutes}
        initial["goal_topics"] = list(own.goal_topics.values_list("pk", flat=True))
        initial["avoid"] = list(own.avoid.values_list("pk", flat=True))
        initial |= {f"wish_{rank}": pk for pk, rank in own.wishes.values_list("mentor_id", "rank")}
    form = RequestForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        member=request.user,
        mentoring_round=mentoring_round,
    )
    if request.method == "POST" and form.is_valid():
        names = ("goal_topics", "goals", "level", "minutes", "wishes", "avoid")
        clean = {name: form.cleaned_data[name] for name in names}
        try:
            actions.save_request(actor=request.user, round_id=mentoring_round.pk, now=timezone.now(), **clean)
        except actions.RoundIsClosed:
            form.add_error(None, _too_late(mentoring_round))
        else:
            messages.success(request, _("Your request is saved. You can change it until the deadline."))
            return redirect("mentorship:round-list")
    context = {"round": mentoring_round, "form": form, "own": own}
    return _form_page(request, "mentorship/request-edit.html", form, context)


def offer_withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    return _withdraw(request, slug, actions.withdraw_offer, _("Your offer is taken back."))


def request_withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    return _withdraw(request, slug, actions.withdraw_request, _("Your request is taken back."))


@require_safe
def pair_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a pair, for the two and for those who match."""
    pairs = Mentorship.objects.visible_to(request.user).select_related("mentor", "mentee", "round")
    pair = get_object_or_404(pairs, pk=pk)
    now = timezone.now()
    is_own = request.user.pk in {pair.mentor_id, pair.mentee_id}
    # When people have time is for the two alone.
    may_meet = is_own and pair.state == Mentorship.State.ACTIVE
    context = {
        "pair": pair,
        "is_own": is_own,
        "other": pair.mentor if pair.mentee_id == request.user.pk else pair.mentee,
        "is_mentee": pair.mentee_id == request.user.pk,
        "meetings": list(Meeting.objects.about(pair.key).on().filter(ends_at__gt=now)) if is_own else [],
        "times": times_for(pair, now) if may_meet else [],
    }
    return render(request, "mentorship/pair-detail.html", context)


@require_POST
def pair_meet(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan a meeting of the two at one of the times that the page offers."""
    pair = get_object_or_404(Mentorship.objects.of(request.user), pk=pk)
    starts_at = parse_datetime(request.POST.get("starts_at", ""))
    try:
        if starts_at is None or is_naive(starts_at):
            raise actions.TimeIsGone
        meeting = actions.plan_pair_meeting(
            actor=request.user, mentorship_id=pair.pk, starts_at=starts_at, now=timezone.now()
        )
    except actions.TimeIsGone:
        messages.error(request, _("This time does not suit both any more. Choose another one."))
    except Mentorship.DoesNotExist:
        messages.error(request, _("This pair has ended, so no meeting was planned."))
    else:
        messages.success(request, _("The meeting is planned, and the other one is told. You can both move it."))
        return redirect(meeting)
    return redirect(pair)


def _round(request: HttpRequest, slug: str) -> Round:
    """A round that members know of; nobody offers or asks in a draft."""
    return get_object_or_404(Round.objects.visible_to(request.user).exclude(state=Round.State.DRAFT), slug=slug)


def _too_late(mentoring_round: Round) -> str:
    return _("“%(round)s” has closed meanwhile, so this was not saved. Copy what you need for the next round.") % {
        "round": mentoring_round
    }


def _form_page(request: HttpRequest, template: str, form: forms.Form, context: dict[str, Any]) -> HttpResponse:
    takes_people = context["round"].takes_people(timezone.now())
    # Whoever typed something keeps it before their eyes, also where the deadline has passed meanwhile.
    if not takes_people and not form.is_bound:
        messages.info(request, _("“%(round)s” takes no offers or requests now.") % {"round": context["round"]})
        return redirect("mentorship:round-list")
    context |= {"takes_people": takes_people}
    return render(request, template, context, status=422 if form.is_bound else 200)


def _withdraw(request: HttpRequest, slug: str, action: Callable[..., None], done: str) -> HttpResponse:
    mentoring_round = _round(request, slug)
    if request.method == "POST":
        try:
            action(actor=request.user, round_id=mentoring_round.pk)
        except actions.RoundIsPublished:
            messages.error(request, _("The pairs are made already. Write to the organizers if you need to stop."))
        except actions.NothingToWithdraw:
            messages.info(request, _("There is nothing to take back."))
        else:
            messages.success(request, done)
    return redirect("mentorship:round-list")
