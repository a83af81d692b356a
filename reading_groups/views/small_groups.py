"""Splitting a session into small groups: drawing them, saying why they are so, and moving somebody."""

import secrets
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reading_groups import actions
from reading_groups.agenda import title_of
from reading_groups.audiences import people_to_split
from reading_groups.breakouts import LARGEST_SEED, meeting_again
from reading_groups.forms.talking import USUAL_SIZE, MoveForm, SizeForm
from reading_groups.models import ReadingGroup, Seat, Session, Split
from reading_groups.times import people_of
from reading_groups.views.loading import session_of, visible_groups

MOST_NAMED = 5


@require_http_methods(["GET", "HEAD", "POST"])
def small_groups(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """The small groups of a session, for the group's organizers; a POST draws them, again if there are some."""
    session, now = _session_to_split(request, slug, session_id), timezone.now()
    if request.method != "POST":
        return _page(request, session, now)
    form = SizeForm(request.POST)
    if not form.is_valid():
        return _page(request, session, now, size_form=form)
    try:
        split = actions.draw_small_groups(
            actor=request.user,
            session_id=session.pk,
            size=form.cleaned_data["size"],
            seed=secrets.randbelow(LARGEST_SEED),
            base=form.cleaned_data["base"],
            now=now,
        )
    except actions.TooFewToSplit:
        form.add_error("size", _("There are not enough people for two groups of this size."))
        return _page(request, session, now, size_form=form)
    except (Session.DoesNotExist, ReadingGroup.DoesNotExist):
        raise Http404 from None
    except (actions.SplitWasChanged, actions.SessionIsCancelled, actions.SessionIsOver) as error:
        _tell(request, error)
    else:
        number = split.seats.values("number").distinct().count()
        messages.success(request, _("%(n)s small groups are drawn. Members see their own.") % {"n": number})
    return redirect(request.path)


@require_http_methods(["GET", "HEAD", "POST"])
def small_groups_undo(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """Take the small groups of a session away."""
    session, now = _session_to_split(request, slug, session_id), timezone.now()
    if request.method == "POST":
        try:
            actions.undo_small_groups(session_id=session.pk, base=_whole_number(request.POST.get("base")), now=now)
        except (Session.DoesNotExist, ReadingGroup.DoesNotExist):
            raise Http404 from None
        except (actions.SplitWasChanged, actions.SessionIsCancelled, actions.SessionIsOver) as error:
            _tell(request, error)
        else:
            messages.success(request, _("The small groups are taken away."))
    return redirect("reading_groups:small-groups", slug, session.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def small_groups_move(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """Move somebody to another small group, to a new one, or out of all."""
    session, now = _session_to_split(request, slug, session_id), timezone.now()
    back = redirect("reading_groups:small-groups", slug, session.pk)
    if request.method != "POST":
        return back
    seats = list(Seat.objects.filter(split__session=session).by_group())
    form = _move_form(session, seats, request.POST)
    if not form.is_valid():
        return _page(request, session, now, move_form=form)
    data = form.cleaned_data
    try:
        actions.move_to_small_group(
            session_id=session.pk,
            member_id=data["member"],
            number=data["number"],
            base=data["base"],
            now=now,
        )
    except (Session.DoesNotExist, ReadingGroup.DoesNotExist):
        raise Http404 from None
    except actions.NotInGroup:
        messages.error(request, _("They have no place in the group any more."))
    except actions.NoSuchSmallGroup:
        messages.error(request, _("There is no such small group any more."))
    except (actions.SplitWasChanged, actions.SessionIsCancelled, actions.SessionIsOver) as error:
        _tell(request, error)
    else:
        messages.success(request, _("Moved."))
    return back


def _whole_number(text: str | None) -> int:
    """What a form gave for a version; none that there is where it gave nonsense."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else -1


def _tell(request: HttpRequest, error: Exception) -> None:
    told = {
        actions.SplitWasChanged: _(
            "The small groups have changed since you opened this page. This is how they are now."
        ),
        actions.SessionIsCancelled: _("This session does not take place."),
        actions.SessionIsOver: _("This session is over."),
    }
    messages.error(request, told[type(error)])


def _session_to_split(request: HttpRequest, slug: str, session_id: int) -> Session:
    """A session that the viewer may split. Raises Http404 and PermissionDenied."""
    group = get_object_or_404(visible_groups(request), slug=slug)
    if not request.user.has_perm("reading_groups.split_session", group):
        raise PermissionDenied
    session = session_of(group, session_id)
    session.group = group
    return session


def _page(request: HttpRequest, session: Session, now: datetime, **forms: Any) -> HttpResponse:
    """The split with what can be said of it, who has no seat, and the forms; those that are given have errors."""
    split = Split.objects.filter(session=session).select_related("made_by").first()
    seats = list(split.seats.by_group()) if split else []
    people = list(people_to_split(session))
    base = split.revision if split else 0
    size = split.size if split else USUAL_SIZE
    seated = {seat.member_id for seat in seats}
    is_open = not session.is_cancelled and not session.is_over(now)
    context = {
        "group": session.group,
        "session": session,
        "title": title_of(session),
        "split": split,
        "small_groups": [(number, list(rows)) for number, rows in groupby(seats, attrgetter("number"))],
        "told": _told(session, split, seats) if split else [],
        "people": people,
        "unseated": [member for member in people if member.pk not in seated] if split else [],
        "is_open": is_open,
        "size_form": forms.get("size_form") or SizeForm(initial={"base": base, "size": size}),
        "move_form": forms.get("move_form") or (_move_form(session, seats, None, base) if split and is_open else None),
    }
    return render(request, "reading_groups/small-groups.html", context, status=422 if forms else 200)


def _move_form(session: Session, seats: list[Seat], data: Any, base: int = 0) -> MoveForm:
    numbers = sorted({seat.number for seat in seats})
    return MoveForm(data, people=people_of(session.group), numbers=numbers, initial={"base": base}, auto_id="move-%s")


def _told(session: Session, split: Split, seats: list[Seat]) -> list[str]:
    """Why the groups are as they are, in plain words. Nothing in them says who has how much experience."""
    members = {seat.member_id: str(seat.member) for seat in seats}
    met = actions.met_before(session, members)
    groups = [[seat.member_id for seat in rows] for _number, rows in groupby(seats, attrgetter("number"))]
    again = [
        _("%(one)s and %(other)s") % {"one": members[one], "other": members[other]}
        for one, other in meeting_again(groups, met)
    ]
    if not again:
        told = [_("Nobody meets somebody again: all in a group are new to each other.")]
    elif len(again) <= MOST_NAMED:
        told = [_("Those who meet again: %(pairs)s.") % {"pairs": "; ".join(again)}]
    else:
        told = [
            _("%(n)s pairs meet again, among them %(pairs)s.")
            % {"n": len(again), "pairs": "; ".join(again[:MOST_NAMED])}
        ]
    if again and split.moved_at is None:
        told.append(_("Nothing better was found: two who swap places would make it no fewer."))
    if split.moved_at is not None:
        told.append(_("Experience was mixed when the groups were drawn. You have moved people since."))
    elif split.without_experienced is None:
        told.append(_("Nobody has said how much experience they have, so it did not count."))
    elif split.without_experienced == 0:
        told.append(_("Each group has somebody with more experience."))
    else:
        told.append(_("People with more experience are spread as far as they go; not every group has one."))
    return told
