"""Why something is not done to a poll."""


class PollHasNoTimes(Exception):
    """There is nothing to choose from."""


class TooManyTimes(Exception):
    """Nobody would answer that many."""


class SameTimeTwice(Exception):
    """Each time is offered once."""


class DeadlineHasPassed(Exception):
    """Nobody could answer before it."""


class TooManyPolls(Exception):
    """The member has opened enough polls within a day."""


class TooManyPeople(Exception):
    """More people, or more addresses, than one poll asks."""


class PollIsClosed(Exception):
    """Its answers stay as they are."""


class NotAsked(Exception):
    """The poll does not ask this member."""


class AnswerDoesNotFit(Exception):
    """An answer says yes, if needed or no to each time of its poll, and to no other."""


class PollTakesNoGuests(Exception):
    """It has no link, or not the one that was used."""


class GuestsAreFull(Exception):
    """As many have answered by the link as may."""


class NameIsMissing(Exception):
    """The poll shows who answered, and a guest has given no name."""


class MoreHaveAnswered(Exception):
    """More guests have answered already than the number would let in."""


class NoSuchTimeInPoll(Exception):
    """The poll offers nothing at that position, or with free marking no stretch as long as it takes."""


class AlreadySettled(Exception):
    """Something else has come of the poll."""
