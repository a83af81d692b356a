"""A member takes their data along and goes; what the group has written down stays whole."""

import json

from tests.browser.acts.cast import Cast
from tests.browser.acts.reading import PATH, QUESTION
from tests.factories.members import PASSWORD


def they_take_their_data_along(cast: Cast) -> None:
    typist = cast.typist
    typist.opens_own("Your data")
    data = json.loads(typist.takes("Download my data").read_text())
    written = json.dumps(data, ensure_ascii=False)
    assert typist.name in written
    assert QUESTION in written
    assert not any(member.email in written for member in cast.members if member is not typist)


def they_delete_their_account(cast: Cast) -> None:
    typist = cast.typist
    typist.unfolds("I want to delete my account")
    typist.writes("Your password", "not my password")
    typist.presses("Delete my account")
    typist.is_warned("This is not your password.")
    typist.writes("Your password", PASSWORD)
    typist.presses("Delete my account")
    typist.is_told("Your account is deleted.")
    typist.opens("/me/")
    typist.reads("Sign in")


def the_groups_record_is_whole(cast: Cast) -> None:
    lead = cast.lead
    lead.opens(PATH)
    lead.reads("3 of 12 taken")
    lead.follows("All questions and answers")
    lead.reads(QUESTION, "A former member", "It keeps the variance at one.", within=lead.section("Questions"))
    lead.misses(cast.typist.name)


def their_mentor_is_told(cast: Cast) -> None:
    """Once, and finds the pair ended."""
    mentor, told = cast.scriptless, "Somebody whom you mentored is not a member any more"
    cast.stage.worker.tick()
    cast.stage.worker.tick()
    assert mentor.mails().count(told) == 1
    mentor.follows_mail(told, "/mentoring/")
    mentor.reads("A former member")
    mentor.misses(cast.typist.name)


def play(cast: Cast) -> None:
    they_take_their_data_along(cast)
    they_delete_their_account(cast)
    the_groups_record_is_whole(cast)
    their_mentor_is_told(cast)
