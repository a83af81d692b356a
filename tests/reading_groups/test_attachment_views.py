"""Attaching files to what one presents, as a browser sends them, and who gets them."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from collaborative.home.actions import delete_account
from core.uploads import MOST_BYTES
from reading_groups import actions
from reading_groups.models import Presentation, PresentationFile, ReadingGroup
from reading_groups.models.presenting import MOST_FILES
from tests.clients import client_of
from tests.factories import (
    EnrolmentFactory,
    MemberFactory,
    PaperFactory,
    PresentationFactory,
    PresentationFileFactory,
    ReadingFactory,
    ReadingGroupFactory,
    SessionFactory,
)

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def session():
    group = ReadingGroupFactory(slug="attention")
    return SessionFactory(group=group, starts_at=timezone.now() + timedelta(days=3), title="Attention")


@pytest.fixture
def part(session):
    return PresentationFactory(session=session)


@pytest.fixture
def own(part):
    return client_of(part.member)


def path(session, rest=""):
    return f"/groups/attention/sessions/{session.pk}/{rest}"


def kept(folder: Path):
    return [file for file in folder.rglob("*") if file.is_file()]


def send(client, session, content=PDF, name="talk.pdf"):
    return client.post(path(session, "slides/add/"), {"file": SimpleUploadedFile(name, content)})


def words(response):
    return " ".join(response.text.split())


def test_a_presenter_attaches_a_file_and_the_group_sees_it(own, session, part, folder):
    assert send(own, session).headers["Location"] == path(session, "slides/")
    row = part.files.get()
    assert (row.name, row.kind, row.size, len(kept(folder))) == ("talk.pdf", "pdf", len(PDF), 1)
    # Kept by a name that tells nothing, and that only this process's account reads.
    stored = kept(folder)[0]
    assert "talk" not in str(stored.relative_to(folder))
    assert stored.stat().st_mode & 0o077 == 0
    reader = client_of(EnrolmentFactory(group=session.group).member)
    where = path(session, f"files/{row.pk}/")
    assert f'href="{where}"' in reader.get(path(session)).text
    response = reader.get(where, headers={"accept-encoding": "gzip"})
    assert response.getvalue() == PDF
    got = {name: response.headers.get(name) for name in response.headers}
    assert got["Content-Disposition"] == 'attachment; filename="talk.pdf"'
    assert (got["Content-Type"], got["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert got["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert (got["Content-Length"], got.get("Content-Encoding")) == (str(len(PDF)), None)
    assert got["Cache-Control"] == "private, no-cache"


def test_nobody_else_gets_it(session, part):
    row = PresentationFileFactory(presentation=part)
    where = path(session, f"files/{row.pk}/")
    assert client_of(MemberFactory()).get(where).status_code == 403
    assert client_of(EnrolmentFactory(group=session.group, state="waitlisted").member).get(where).status_code == 403
    session.group.state = ReadingGroup.State.DRAFT
    session.group.save()
    assert client_of(MemberFactory()).get(where).status_code == 404
    # Nor by the address of another session or group.
    inside = client_of(part.member)
    other = SessionFactory(group=session.group, starts_at=session.starts_at + timedelta(days=1))
    assert inside.get(path(other, f"files/{row.pk}/")).status_code == 404
    elsewhere = EnrolmentFactory(group__slug="elsewhere").group
    assert inside.get(f"/groups/{elsewhere.slug}/sessions/{session.pk}/files/{row.pk}/").status_code == 404


def test_nothing_of_it_is_at_an_address_of_static_files(client, own, session, part, folder):
    send(own, session)
    name = part.files.get().blob.name
    for address in (f"/{name}", f"/static/{name}", f"/media/{name}", f"/files/{name}"):
        assert client.get(address).status_code in {302, 404}, address
        assert own.get(address).status_code == 404, address


def test_a_file_that_lies_is_refused_and_nothing_is_kept(own, session, part, folder):
    response = send(own, session, b"<script>alert(1)</script>", "talk.pdf")
    assert response.status_code == 422
    assert "“talk.pdf” is called as if it were PDF, but what is in it is Text." in words(response)
    for content, name, told in (
        (b"MZ", "run.exe", "Such files are not taken."),
        (b"", "talk.pdf", "There is nothing in this file."),
    ):
        response = send(own, session, content, name)
        assert (response.status_code, told in words(response)) == (422, True)
    response = own.post(path(session, "slides/add/"))
    assert (response.status_code, "Choose a file." in words(response)) == (422, True)
    assert (part.files.count(), kept(folder)) == (0, [])


def test_up_to_25_mb_are_taken_and_not_a_byte_more(own, session, part, folder):
    assert send(own, session, PDF + b"x" * (MOST_BYTES - len(PDF))).status_code == 302
    response = send(own, session, PDF + b"y" * (MOST_BYTES - len(PDF) + 1))
    assert response.status_code == 422
    assert "A file has 25.0 MB at most. Send a smaller one, or a link." in words(response).replace("\xa0", " ")
    assert [row.size for row in part.files.all()] == [MOST_BYTES]
    assert len(kept(folder)) == 1


def test_what_is_too_large_is_not_kept_anywhere_on_the_way(own, session, folder, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "on-the-way"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    assert send(own, session, b"z" * (MOST_BYTES * 2)).status_code == 422
    assert kept(folder) == []


def test_hostile_names(own, session, part):
    names = ["../../../etc/talk.pdf", "\u202egp.pdf", "x" * 300 + ".pdf", "a;b'c.pdf", "日本語.pdf"]
    for number, name in enumerate(names):
        assert send(own, session, PDF + str(number).encode(), name).status_code == 302, name
    for row in part.files.all():
        response = own.get(path(session, f"files/{row.pk}/"))
        assert response.status_code == 200
        assert "X-Evil" not in response.headers
        assert response.headers["Content-Disposition"].startswith("attachment; filename")
        assert "/" not in row.name
        assert len(row.name) <= 120
    assert own.get(path(session, "slides/")).status_code == 200
    # A name that breaks its own header names no file.
    assert send(own, session, PDF, 'a"\r\nX-Evil: 1.pdf').status_code == 422


def test_a_handful_of_files_and_the_same_one_once(own, session, part, folder):
    for _twice in range(2):
        send(own, session)
    assert (part.files.count(), len(kept(folder))) == (1, 1)
    for number in range(MOST_FILES - 1):
        send(own, session, PDF + str(number).encode())
    assert "There is room for no more files." in words(own.get(path(session, "slides/")))
    response = send(own, session, PDF + b"one more")
    assert (response.status_code, "There are 6 files already" in words(response)) == (422, True)
    own.post(path(session, f"files/{part.files.get(number=2).pk}/remove/"))
    send(own, session, PDF + b"one more")
    assert sorted(part.files.values_list("number", flat=True)) == list(range(1, MOST_FILES + 1))


def test_files_may_come_after_the_session(own, session, part):
    session.starts_at, session.ends_at = (timezone.now() - timedelta(days=days) for days in (2, 1))
    session.save()
    assert send(own, session).status_code == 302


def test_only_presenters_attach(session, part):
    for member in (EnrolmentFactory(group=session.group).member, MemberFactory()):
        assert send(client_of(member), session).status_code == 403
    with pytest.raises(Presentation.DoesNotExist):
        actions.add_file(
            actor=MemberFactory(),
            session_id=session.pk,
            upload=ContentFile(PDF, name="a.pdf"),
            name="a.pdf",
            kind="pdf",
            now=timezone.now(),
        )


def test_presenters_and_organizers_remove_a_file(own, session, part, folder, django_capture_on_commit_callbacks):
    organizer = MemberFactory()
    session.group.organizers.add(organizer)
    for client, page in ((own, "slides/"), (client_of(organizer), "presenters/")):
        row = PresentationFileFactory(presentation=part)
        where = path(session, f"files/{row.pk}/remove/")
        assert client_of(EnrolmentFactory(group=session.group).member).post(where).status_code == 403
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post(where).headers["Location"] == path(session, page)
        assert client.post(where).status_code == 404
        assert (part.files.count(), kept(folder)) == (0, [])


@pytest.mark.parametrize("how", ["withdraws", "leaves", "group is deleted"])
def test_files_go_with_what_they_were_for_once_that_is_settled(
    session, part, folder, how, django_capture_on_commit_callbacks
):
    PresentationFileFactory(presentation=part)
    about = {"actor": part.member, "now": timezone.now()}
    with django_capture_on_commit_callbacks() as callbacks:
        if how == "withdraws":
            actions.withdraw_from_presenting(session_id=session.pk, **about)
        elif how == "leaves":
            actions.leave_group(group_id=session.group_id, **about)
        else:
            session.group.delete()
    assert (PresentationFile.objects.count(), len(kept(folder))) == (0, 1)
    for callback in callbacks:
        callback()
    assert kept(folder) == []


def test_a_file_that_is_lost_from_the_disk_is_not_there(own, session, part, folder):
    row = PresentationFileFactory(presentation=part)
    kept(folder)[0].unlink()
    assert own.get(path(session, f"files/{row.pk}/")).status_code == 404
    assert own.post(path(session, f"files/{row.pk}/remove/")).status_code == 302


def test_whoever_has_left_still_reaches_their_own_of_the_past(session, part):
    row = PresentationFileFactory(presentation=part)
    session.starts_at, session.ends_at = (timezone.now() - timedelta(days=days) for days in (2, 1))
    session.save()
    actions.leave_group(actor=part.member, group_id=session.group_id, now=timezone.now())
    own = client_of(part.member)
    assert own.get(path(session, f"files/{row.pk}/")).status_code == 200
    assert own.get(path(session, "slides/")).status_code == 200
    assert own.post(path(session, f"files/{row.pk}/remove/")).status_code == 302


def test_who_leaves_the_site_leaves_files_of_the_past_without_their_names(session, part):
    row = PresentationFileFactory(presentation=part, name="Zephyrine Quandt.txt")
    session.starts_at, session.ends_at = (timezone.now() - timedelta(days=days) for days in (2, 1))
    session.save()
    delete_account(actor=part.member, now=timezone.now())
    row.refresh_from_db()
    assert row.name == "1.txt"
    reader = client_of(EnrolmentFactory(group=session.group).member)
    assert reader.get(path(session, f"files/{row.pk}/")).getvalue().startswith(b"What Zephyrine")


def test_the_page_of_a_paper_has_the_files_of_its_presenters(session, part):
    paper = PaperFactory(title="All you need")
    ReadingFactory(group=session.group, session=session, paper=paper)
    row = PresentationFileFactory(presentation=part, name="talk.txt")
    where = path(session, f"files/{row.pk}/")
    assert f'href="{where}"' in client_of(part.member).get(paper.get_absolute_url()).text
    assert where not in client_of(MemberFactory()).get(paper.get_absolute_url()).text


def test_the_part_is_said_on_the_sessions_page(own, session, part):
    own.post(path(session, "slides/"), {"part": "  The proofs\nin section 3 ", "url": ""})
    assert "The proofs in section 3" in own.get(path(session)).text
    response = own.post(path(session, "slides/"), {"part": "x" * 141, "url": "no link at all"})
    assert response.status_code == 422
    assert "x" * 141 in response.text
