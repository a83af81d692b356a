"""The real poll of thirteen people, and files that are none."""

import json
import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from members.availability.models import Poll
from members.availability.polls.importer import CannotReadPoll, import_poll, read_poll
from members.availability.polls.results import results_of
from notifications.models import Delivery
from tests.factories import MemberFactory

DATA = Path(os.environ.get("REAL_DATA", "")) / "availability"
FILES = ("doodle_irc2_may2019.json", "doodle_irc2_may2019_anonymised.csv")
needs_data = pytest.mark.skipif(not os.environ.get("REAL_DATA"), reason="REAL_DATA names no folder of real data")


@needs_data
@pytest.mark.django_db
@pytest.mark.parametrize("name", FILES)
def test_the_real_poll_gives_its_best_times_and_its_miscounts(name):
    file = read_poll((DATA / name).read_bytes())
    assert (len(file.people), len(file.times)) == (13, 84)
    assert [tally.position for tally in file.best[:4]] == [47, 48, 49, 46]
    # The file counts a fourteenth person, who has no row, and says yes in nine slots; in one it is wrong otherwise.
    assert (file.people_counted, len(file.mismatches)) == (14, 10)
    assert str(file.mismatches[0]) == "Slot 0: the file counts 0 yes, 3 if needed, 11 no; its rows say 4, 3, 6."
    actor, now = MemberFactory(), timezone.now()
    poll = import_poll(actor=actor, file=file, zone="America/New_York", now=now)
    assert import_poll(actor=actor, file=file, zone="America/New_York", now=now) == poll
    results = results_of(poll, list(poll.times.order_by("position")), now)
    assert [row.moment.position for row in results.ranked[:4]] == [47, 48, 49, 46]
    assert [(row.tally.yes, row.tally.if_needed) for row in results.ranked[:4]] == [(9, 0), (8, 1), (8, 0), (7, 1)]
    assert (results.asked, results.answered, poll.is_open(now)) == (13, 13, False)
    assert not poll.ballots.exclude(name="").exists()
    assert not Delivery.objects.exists()


@needs_data
@pytest.mark.django_db
def test_both_forms_of_the_real_poll_say_the_same():
    first, second = (read_poll((DATA / name).read_bytes()) for name in FILES)
    assert (first.title, first.times, first.people, first.counts) == (
        second.title,
        second.times,
        second.people,
        second.counts,
    )


@needs_data
@pytest.mark.django_db
def test_the_command_says_what_became_of_the_file():
    member, told = MemberFactory(), StringIO()
    arguments = ["import_poll", str(DATA / FILES[0]), "--organizer", member.email]
    with pytest.raises(CommandError, match="names no time zone"):
        call_command(*arguments, stdout=told)
    call_command(*arguments, "--zone", "America/New_York", "--dry-run", stdout=told)
    assert not Poll.objects.exists()
    call_command(*arguments, "--zone", "America/New_York", "--show-names", stdout=told)
    lines = told.getvalue().splitlines()
    assert lines[:2] == ["13 people, 84 times", "Slot 47, 2019-05-23 12:00: 9 yes, 0 if needed, 4 no"]
    assert lines[5] == "The file counts 14 people, and has rows of 13."
    poll = Poll.objects.get()
    assert lines[-1] == f"The poll is at {poll.get_absolute_url()}"
    assert sorted(poll.ballots.values_list("name", flat=True)) == list("ABCDEFGHIJKLM")


def a_poll(**changes):
    slot = {"date": "2027-03-28", "start": "02:30", "end": "03:30"}
    person = {"id": "A", "answers": ["yes"]}
    return json.dumps({"poll": "P", "timezone": None, "slots": [slot], "respondents": [person]} | changes).encode()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no poll as Doodle exports it"),
        (b"\xff\xfe", "not text in UTF-8"),
        (b"a,b\nc,d\n", "no row names a month"),
        (b"{", "no poll as Doodle exports it"),
        (b'{"slots": 3}', "no poll as Doodle exports it"),
        (b" " * 2_000_001, "larger than 2 MB"),
        (a_poll(slots=[]), "has no times"),
        (a_poll(slots=[{"date": "2027-03-01", "start": "7:00", "end": "7:05"}]), "shorter than 15"),
        (a_poll(slots=[{"date": "2027-02-30", "start": "7:00", "end": "8:00"}]), "no poll as Doodle exports it"),
        (a_poll(slots=[{"date": "2027-02-01", "start": "25:00", "end": "26:00"}]), "no poll as Doodle exports it"),
        (a_poll(respondents=[{"id": "A", "answers": ["yes", "no"]}]), "'A' has 2 answers for 1 times"),
        (a_poll(respondents=[{"id": "A", "answers": ["perhaps"]}]), "perhaps"),
        (a_poll(slots=[{"date": "2027-02-01", "start": "7:00", "end": "8:00"}] * 337), "has 337 times"),
        (b"{" + b'"a":[' * 100_000, "no poll as Doodle exports it"),
    ],
)
def test_a_file_that_is_no_poll_says_why(content, told):
    with pytest.raises(CannotReadPoll, match=told):
        read_poll(content)


@pytest.mark.django_db
def test_a_time_that_the_zone_skips_is_named():
    file, actor = read_poll(a_poll()), MemberFactory()
    with pytest.raises(CannotReadPoll, match="Clocks in Berlin skip 2027-03-28 02:30"):
        import_poll(actor=actor, file=file, zone="Europe/Berlin", now=timezone.now())
    import_poll(actor=actor, file=file, zone="Asia/Kolkata", now=timezone.now())
