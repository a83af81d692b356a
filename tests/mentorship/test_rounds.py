"""A round from offers and requests to published pairs: who may, until when, and what is told to whom."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from members.models import Position, TopicExperience
from mentorship import actions
from mentorship.actions import store_solution
from mentorship.models import Draft, Mentorship, Offer, PairRule, Request, Round
from mentorship.solving import PinsCannotHold, solve_round
from mentorship.words import problems_of
from notifications.models import Delivery
from tests.factories import MemberFactory, MentorRequestFactory, OfferFactory, RoundFactory, TopicFactory
from tests.factories.mentorship import AFTER, CLOSES_AT, make_round, solve_now

pytestmark = pytest.mark.django_db
BEFORE = CLOSES_AT - timedelta(hours=1)


def offer(member, mentoring_round, *, now=BEFORE, **fields):
    fields = {"capacity": 1, "minutes": 30, "note": "", "avoid": []} | fields
    return actions.save_offer(actor=member, round_id=mentoring_round.pk, now=now, **fields)


def ask(member, mentoring_round, *, now=BEFORE, **fields):
    fields = {"goal_topics": [], "goals": "Read.", "level": 0, "minutes": 30, "wishes": [], "avoid": []} | fields
    return actions.save_request(actor=member, round_id=mentoring_round.pk, now=now, **fields)


def mails(kind="matched"):
    return list(Delivery.objects.filter(kind=kind).order_by("member_id").values_list("member_id", flat=True))


# Rounds ---------------------------------------------------------------------------------------------------------------


def test_a_new_round_is_a_draft_with_an_address_of_its_own():
    rounds = [
        actions.save_round(
            mentoring_round=Round(
                title=title, opens_on=date(2026, 11, 1), closes_at=CLOSES_AT, starts_on=date(2026, 12, 8)
            )
        )
        for title in ("Autumn round", "Autumn round", "New", "火")
    ]
    assert [row.state for row in rounds] == ["draft"] * 4
    assert [row.slug for row in rounds] == ["autumn-round", "autumn-round-2", "new-2", "round"]


def test_a_round_opens_until_its_deadline_and_closes_before_it_where_asked():
    mentoring_round = RoundFactory(state=Round.State.DRAFT)
    with pytest.raises(actions.RoundIsClosed):
        actions.open_round(round_id=mentoring_round.pk, now=AFTER)
    assert actions.open_round(round_id=mentoring_round.pk, now=BEFORE).takes_people(BEFORE)
    closed = actions.close_round(round_id=mentoring_round.pk, now=BEFORE)
    assert (closed.state, closed.closes_at) == ("closed", BEFORE)
    with pytest.raises(actions.RoundIsClosed):
        actions.open_round(round_id=mentoring_round.pk, now=BEFORE - timedelta(minutes=1))


# Offering and asking --------------------------------------------------------------------------------------------------


def test_an_offer_and_a_request_are_one_each_and_change_until_the_deadline():
    mentoring_round, member, wished = RoundFactory(), MemberFactory(), [MemberFactory(), MemberFactory()]
    topic = TopicFactory()
    offer(member, mentoring_round)
    offer(member, mentoring_round, capacity=3)
    ask(member, mentoring_round, wishes=wished)
    request = ask(member, mentoring_round, wishes=[wished[1], member, wished[1]], goal_topics=[topic])
    assert Offer.objects.get().capacity == 3
    assert Request.objects.get() == request
    assert list(request.wishes.values_list("mentor", "rank")) == [(wished[1].pk, 1)]
    assert list(request.goal_topics.all()) == [topic]
    for action in (offer, ask):
        with pytest.raises(actions.RoundIsClosed):
            action(member, mentoring_round, now=CLOSES_AT)


@pytest.mark.parametrize(
    "fields", [{"academic_position": Position.POSTDOC}, {"citation_count": 1001}], ids=["position", "citations"]
)
def test_nobody_mentors_as_a_peer_who_is_none(fields):
    mentoring_round, expert = RoundFactory(), MemberFactory(**fields)
    with pytest.raises(actions.NotAPeer):
        offer(expert, mentoring_round)
    mentoring_round.below_position, mentoring_round.max_citations = Position.PROFESSOR, 2000
    mentoring_round.save()
    assert offer(expert, mentoring_round)


def test_who_became_an_expert_since_offering_is_not_matched_nor_published():
    mentoring_round = make_round(mentors=1, mentees=1)
    draft = solve_now(mentoring_round)
    mentor = Offer.objects.get().member
    mentor.academic_position = Position.LECTURER
    mentor.save()
    with pytest.raises(actions.DraftIsOutdated):
        actions.publish(round_id=mentoring_round.pk, draft_id=draft.pk, now=AFTER)
    assert solve_now(mentoring_round).matched == 0


def test_stepping_back_is_possible_until_the_pairs_are_made():
    mentoring_round = make_round(mentors=1, mentees=1)
    draft = solve_now(mentoring_round)
    mentor = Offer.objects.get().member
    with pytest.raises(actions.NothingToWithdraw):
        actions.withdraw_request(actor=mentor, round_id=mentoring_round.pk)
    actions.withdraw_offer(actor=mentor, round_id=mentoring_round.pk)
    with pytest.raises(actions.DraftIsOutdated):
        actions.publish(round_id=mentoring_round.pk, draft_id=draft.pk, now=AFTER)
    assert Mentorship.objects.count() == 0


def test_the_database_keeps_what_forms_and_actions_promise():
    offered, asked = OfferFactory(), MentorRequestFactory()
    for wrong in (
        lambda: OfferFactory(round=offered.round, member=offered.member),
        lambda: MentorRequestFactory(round=asked.round, member=asked.member),
        lambda: OfferFactory(capacity=0),
        lambda: RoundFactory(slug="new"),
        lambda: RoundFactory(state="published"),
        lambda: RoundFactory(floor=1_000_001),
        lambda: Mentorship.objects.create(
            round=offered.round,
            mentor=offered.member,
            mentee=offered.member,
            starts_on=date(2026, 12, 1),
            ends_on=date(2026, 12, 2),
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


# Solving --------------------------------------------------------------------------------------------------------------


def test_nothing_is_solved_while_people_can_still_say_something():
    mentoring_round = make_round(mentors=1, mentees=1)
    with pytest.raises(actions.RoundIsNotClosed):
        actions.start_solving(actor=None, round_id=mentoring_round.pk, now=BEFORE)
    draft = RoundFactory(state=Round.State.DRAFT)
    with pytest.raises(actions.RoundIsNotClosed):
        actions.start_solving(actor=None, round_id=draft.pk, now=AFTER)


def test_a_draft_holds_pairs_with_parts_and_the_proof():
    mentoring_round = make_round(mentors=2, mentees=3)
    draft = solve_now(mentoring_round)
    assert (draft.state, draft.matched) == (Draft.State.SOLVED, 3)
    assert draft.certificate["gap"] == 0
    assert draft.certificate["bound"] == draft.total == sum(pair.score for pair in draft.pairs.all())
    assert draft.worst == min(pair.score for pair in draft.pairs.all())
    assert set(draft.pairs.first().parts) == {"topics", "level", "hours", "language", "load", "wishes"}
    mentoring_round.refresh_from_db()
    assert mentoring_round.state == Round.State.SOLVED


def test_two_who_ask_at_once_get_one_draft_and_one_that_waits_too_long_is_given_up():
    mentoring_round = make_round(mentors=1, mentees=1)

    def start(now):
        return actions.start_solving(actor=None, round_id=mentoring_round.pk, now=now)

    first = start(AFTER)
    assert start(AFTER + timedelta(minutes=1)) == first
    second = start(AFTER + timedelta(minutes=6))
    assert second != first
    assert set(Draft.objects.values_list("pk", "state")) == {(first.pk, "failed"), (second.pk, "waiting")}
    # The one that was given up is too late.
    solution = solve_round(mentoring_round)
    assert store_solution(draft_id=first.pk, solution=solution, now=AFTER).state == "failed"
    assert store_solution(draft_id=second.pk, solution=solution, now=AFTER).state == "solved"


def test_a_worker_solves_what_is_queued_when_the_transaction_is_over(django_capture_on_commit_callbacks, settings):
    from collaborative.celery import app
    from mentorship.tasks import solve_draft

    mentoring_round = make_round(mentors=1, mentees=1)
    app.conf.task_always_eager = True
    try:
        with django_capture_on_commit_callbacks(execute=True) as callbacks:
            draft = actions.start_solving(actor=None, round_id=mentoring_round.pk, now=AFTER)
    finally:
        app.conf.task_always_eager = False
    assert len(callbacks) == 1
    draft.refresh_from_db()
    assert (draft.state, draft.matched) == ("solved", 1)
    solve_draft(draft_id=draft.pk, some_new_argument=True)
    assert Draft.objects.count() == 1
    assert draft.pairs.count() == 1


def test_a_mentor_who_steps_back_while_it_is_solved_is_in_no_pair():
    mentoring_round = make_round(mentors=1, mentees=1)
    draft = actions.start_draft(actor=None, round_id=mentoring_round.pk, now=AFTER, objective="fair")
    solution = solve_round(mentoring_round)
    mentor = Offer.objects.get().member
    actions.withdraw_offer(actor=mentor, round_id=mentoring_round.pk)
    draft = store_solution(draft_id=draft.pk, solution=solution, now=AFTER)
    mentoring_round.refresh_from_db()
    assert draft.pairs.count() == 0
    assert draft.gaps.get().causes == {"withdrawn": [mentor.pk]}
    assert draft.revision < mentoring_round.revision
    with pytest.raises(actions.DraftIsOutdated):
        actions.publish(round_id=mentoring_round.pk, draft_id=draft.pk, now=AFTER)


def test_an_account_that_goes_while_it_is_solved_is_in_no_pair():
    mentoring_round = make_round(mentors=1, mentees=2)
    draft = actions.start_draft(actor=None, round_id=mentoring_round.pk, now=AFTER, objective="fair")
    solution = solve_round(mentoring_round)
    Request.objects.first().member.delete()
    assert store_solution(draft_id=draft.pk, solution=solution, now=AFTER).pairs.count() == 1


def test_everybody_forbidden_is_a_draft_without_pairs_and_a_reason_for_each():
    mentoring_round = make_round(mentors=2, mentees=2)
    for mentor in Offer.objects.all():
        for mentee in Request.objects.all():
            people = {"mentor_id": mentor.member_id, "mentee_id": mentee.member_id}
            actions.forbid_pair(actor=None, round_id=mentoring_round.pk, now=AFTER, **people)
    draft = solve_now(mentoring_round)
    assert (draft.matched, draft.worst, draft.gaps.count()) == (0, None, 2)
    assert {len(gap.causes["not_available"]) for gap in draft.gaps.all()} == {2}


@pytest.mark.parametrize(("mentors", "mentees"), [(0, 0), (0, 2), (2, 0)])
def test_a_round_with_nobody_on_a_side_is_solved_as_well(mentors, mentees):
    draft = solve_now(make_round(mentors=mentors, mentees=mentees))
    assert (draft.matched, draft.gaps.count()) == (0, mentees)


def test_the_fair_objective_lifts_the_worst_pair_and_the_other_one_the_total():
    """A for both mentees is better, but only together with a bad B; two fair pairs sum to less."""
    mentoring_round, goal = RoundFactory(floor=0), TopicFactory()
    strong, weak = OfferFactory(round=mentoring_round, capacity=1), OfferFactory(round=mentoring_round, capacity=1)
    TopicExperience.objects.create(member=strong.member, topic=goal, level=2)
    TopicExperience.objects.create(member=weak.member, topic=goal, level=1, months=0)
    for level in (0, 1):
        MentorRequestFactory(round=mentoring_round, topic=goal, level=level)
    fair = solve_now(mentoring_round, objective="fair")
    total = solve_now(mentoring_round, objective="total")
    assert fair.worst >= total.worst
    assert total.total >= fair.total


def test_a_step_ahead_in_a_neighbouring_field_is_above_the_floor():
    """A year of language processing mentors somebody from computer vision into topic modelling."""
    root = TopicFactory(name="Computer science")
    language, vision = TopicFactory(name="Language processing", parent=root), TopicFactory(name="Vision", parent=root)
    modelling = TopicFactory(name="Topic modelling", parent=language)
    mentoring_round = RoundFactory()
    mentor = OfferFactory(round=mentoring_round)
    TopicExperience.objects.create(member=mentor.member, topic=language, level=2, months=12)
    mentee = MentorRequestFactory(round=mentoring_round, topic=modelling)
    TopicExperience.objects.create(member=mentee.member, topic=vision, level=2, months=24)
    pair = solve_now(mentoring_round).pairs.get()
    assert pair.score > mentoring_round.floor
    assert pair.parts["level"] > 4000


# What organizers settle -----------------------------------------------------------------------------------------------


def test_locks_and_forbids_hold_when_it_is_solved_again():
    mentoring_round = make_round(mentors=3, mentees=3, capacity=1)
    first = solve_now(mentoring_round)
    kept, ruled_out = list(first.pairs.order_by("pk"))[:2]
    for action, pair in ((actions.lock_pair, kept), (actions.forbid_pair, ruled_out)):
        action(actor=None, round_id=mentoring_round.pk, mentor_id=pair.mentor_id, mentee_id=pair.mentee_id, now=AFTER)
    second = {(pair.mentor_id, pair.mentee_id) for pair in solve_now(mentoring_round).pairs.all()}
    assert (kept.mentor_id, kept.mentee_id) in second
    assert (ruled_out.mentor_id, ruled_out.mentee_id) not in second
    assert len(second) == 3


def test_keeping_a_pair_of_the_draft_leaves_it_true_and_ruling_it_out_does_not():
    mentoring_round = make_round(mentors=2, mentees=2, capacity=1)
    draft = solve_now(mentoring_round)
    pair = draft.pairs.first()
    people = {"actor": None, "round_id": mentoring_round.pk, "mentor_id": pair.mentor_id, "mentee_id": pair.mentee_id}
    actions.lock_pair(**people, now=AFTER)
    mentoring_round.refresh_from_db()
    assert mentoring_round.revision == draft.revision
    actions.forbid_pair(**people, now=AFTER)
    with pytest.raises(actions.DraftIsOutdated):
        actions.publish(round_id=mentoring_round.pk, draft_id=draft.pk, now=AFTER)


def test_rules_are_for_people_of_the_round_and_a_mentee_is_kept_once():
    mentoring_round = make_round(mentors=2, mentees=1)
    first, second = Offer.objects.order_by("pk")
    mentee = Request.objects.get().member_id

    def keep(mentor_id, mentee_id=mentee):
        return actions.lock_pair(
            actor=None, round_id=mentoring_round.pk, mentor_id=mentor_id, mentee_id=mentee_id, now=AFTER
        )

    rule = keep(first.member_id)
    assert keep(first.member_id) == rule
    with pytest.raises(actions.MenteeIsKept):
        keep(second.member_id)
    with pytest.raises(actions.NotInRound):
        keep(first.member_id, MemberFactory().pk)
    actions.remove_rule(round_id=mentoring_round.pk, rule_id=rule.pk)
    actions.remove_rule(round_id=mentoring_round.pk, rule_id=rule.pk)
    assert keep(second.member_id)


def test_kept_pairs_that_contradict_are_told_by_name_all_at_once():
    mentoring_round = make_round(mentors=2, mentees=3, capacity=1)
    mentor, leaving = (row.member for row in Offer.objects.order_by("pk"))
    mentees = [row.member for row in Request.objects.order_by("pk")]
    for who, whom in zip((mentor, mentor, leaving), mentees, strict=True):
        actions.lock_pair(actor=None, round_id=mentoring_round.pk, mentor_id=who.pk, mentee_id=whom.pk, now=AFTER)
    actions.withdraw_offer(actor=leaving, round_id=mentoring_round.pk)
    with pytest.raises(PinsCannotHold) as caught:
        solve_round(mentoring_round)
    names = {person.pk: str(person) for person in (mentor, leaving, *mentees)}
    told = problems_of(Draft(problems=caught.value.pins), names)
    assert sorted(told) == sorted(
        [
            f"{mentees[2]} with {leaving}: one of them takes no part any more.",
            f"{mentees[0]} with {mentor}: more are kept with {mentor} than there are places.",
            f"{mentees[1]} with {mentor}: more are kept with {mentor} than there are places.",
        ]
    )


# Publishing -----------------------------------------------------------------------------------------------------------


def test_publishing_makes_the_pairs_and_mails_each_person_once():
    mentoring_round = make_round(mentors=2, mentees=3)
    draft = solve_now(mentoring_round)
    made = actions.publish(round_id=mentoring_round.pk, draft_id=draft.pk, now=AFTER)
    assert {(row.mentor_id, row.mentee_id) for row in made} == set(draft.pairs.values_list("mentor", "mentee"))
    assert {row.goals for row in made} == {Request.objects.first().goals}
    assert (made[0].starts_on, made[0].ends_on) == (date(2026, 12, 8), date(2027, 3, 2))
    people = sorted({pk for row in made for pk in (row.mentor_id, row.mentee_id)})
    assert mails() == people
    with pytest.raises(actions.RoundIsPublished):
        actions.publish(round_id=mentoring_round.pk, draft_id=draft.pk, now=AFTER)
    assert mails() == people
    assert Mentorship.objects.count() == 3


def test_a_published_round_changes_no_more():
    mentoring_round = make_round(mentors=1, mentees=1)
    draft = solve_now(mentoring_round)
    pair = draft.pairs.get()
    actions.publish(round_id=mentoring_round.pk, draft_id=draft.pk, now=AFTER)
    people = {"actor": pair.mentor, "round_id": mentoring_round.pk}
    both = {"mentor_id": pair.mentor_id, "mentee_id": pair.mentee_id, "now": AFTER}
    for change in (
        lambda: actions.withdraw_offer(**people),
        lambda: actions.lock_pair(**people, **both),
        lambda: actions.forbid_pair(**people, **both),
        lambda: actions.start_solving(**people, now=AFTER),
        lambda: actions.save_round(mentoring_round=mentoring_round),
        lambda: actions.remove_rule(round_id=mentoring_round.pk, rule_id=1),
    ):
        with pytest.raises(actions.RoundIsPublished):
            change()
    assert not PairRule.objects.exists()


def test_nobody_without_a_mentor_is_left_without_somebody_responsible():
    mentoring_round = make_round(mentors=1, mentees=2, capacity=1)
    draft = solve_now(mentoring_round)
    mentee, organizer = draft.gaps.get().mentee, MemberFactory()
    with pytest.raises(actions.NobodyResponsible) as caught:
        actions.publish(round_id=mentoring_round.pk, draft_id=draft.pk, now=AFTER)
    assert caught.value.mentees == [mentee.pk]
    with pytest.raises(actions.NotInRound):
        actions.name_responsible(round_id=mentoring_round.pk, mentee_id=mentee.pk, responsible=mentee, note="")
    actions.name_responsible(round_id=mentoring_round.pk, mentee_id=mentee.pk, responsible=organizer, note="Ask me.")
    actions.publish(round_id=mentoring_round.pk, draft_id=draft.pk, now=AFTER)
    assert mails("mentor_later") == [mentee.pk]
    assert len(mails()) == 2


def test_only_the_latest_draft_is_published():
    mentoring_round = make_round(mentors=1, mentees=1)
    first, second = solve_now(mentoring_round), solve_now(mentoring_round)
    with pytest.raises(actions.DraftIsOutdated):
        actions.publish(round_id=mentoring_round.pk, draft_id=first.pk, now=AFTER)
    assert actions.publish(round_id=mentoring_round.pk, draft_id=second.pk, now=AFTER)


def test_the_history_of_a_pair_is_kept():
    mentoring_round = make_round(mentors=1, mentees=1)
    draft = solve_now(mentoring_round)
    (pair,) = actions.publish(round_id=mentoring_round.pk, draft_id=draft.pk, now=AFTER)
    pair.state = Mentorship.State.ENDED
    pair.save()
    events = Mentorship.pgh_event_model.objects.filter(pgh_obj=pair.pk).order_by("pgh_id")
    assert [event.state for event in events] == ["active", "ended"]
