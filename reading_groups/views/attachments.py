"""A presenter's part, link and files, before or after the session; and the files, for those who may see them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from reading_groups import actions
from reading_groups.agenda import title_of
from reading_groups.attachments import CONTENT_TYPES
from reading_groups.forms.presenting import FileForm, PartForm
from reading_groups.models import Presentation, PresentationFile, ReadingGroup, Session
from reading_groups.models.presenting import MOST_FILES
from reading_groups.views.loading import session_of, visible_groups

# Whatever is in a file: it is saved, not shown; where a browser shows it all the same, it can do nothing and reach
# nothing; and nobody else's page may load it.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}


@require_http_methods(["GET", "HEAD", "POST"])
def slides_edit(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """Which part one presents, the link to one's slides, and one's files, before or after the session."""
    own = _own_presentation(request, slug, session_id)
    form = PartForm(
        request.POST if request.method == "POST" else None, initial={"part": own.part, "url": own.slides_url}
    )
    if not form.is_bound or not form.is_valid():
        return _page(request, own, form=form)
    part, url = form.cleaned_data["part"], form.cleaned_data["url"]
    try:
        actions.save_part(actor=request.user, session_id=own.session_id, part=part, slides_url=url)
    except Presentation.DoesNotExist:
        messages.error(request, _("You do not present this session any more."))
    else:
        messages.success(request, _("Your part and your link are saved."))
    return redirect(own.session)


def file_add(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """Attach a file to what one presents."""
    own = _own_presentation(request, slug, session_id)
    here = reverse("reading_groups:slides-edit", args=[slug, session_id])
    if request.method != "POST":
        return redirect(here)
    sent = (request.POST, request.FILES)
    # Known once what was sent has been read.
    form = FileForm(*sent, is_too_large=getattr(request, "is_upload_too_large", False))
    if form.is_valid():
        try:
            actions.add_file(
                actor=request.user,
                session_id=own.session_id,
                upload=form.cleaned_data["file"],
                name=form.name,
                kind=form.kind,
                now=timezone.now(),
            )
        except Presentation.DoesNotExist:
            messages.error(request, _("You do not present this session any more."))
            return redirect(own.session)
        except actions.TooManyFiles:
            most = {"n": MOST_FILES}
            form.add_error("file", _("There are %(n)s files already, which is all there is room for.") % most)
        else:
            messages.success(request, _("“%(name)s” is there.") % {"name": form.name})
            return redirect(here)
    return _page(request, own, file_form=form)


@require_safe
def file_detail(request: HttpRequest, slug: str, session_id: int, file_id: int) -> HttpResponse | FileResponse:
    """A file, for those who see inside the group and for whoever attached it: to be saved, never shown as a page."""
    group, row = _file(request, slug, session_id, file_id)
    if not (_is_own(request, row) or request.user.has_perm("reading_groups.see_inside", group)):
        raise PermissionDenied
    try:
        content = row.blob.open("rb")
    except FileNotFoundError:
        # Removed at this moment, or lost from the disk.
        raise Http404 from None
    response = FileResponse(content, as_attachment=True, filename=row.name, content_type=CONTENT_TYPES[row.kind])
    for name, value in HEADERS.items():
        response.headers[name] = value
    # Slides are packed already: sent as they are, they keep their length.
    request.META.pop("HTTP_ACCEPT_ENCODING", None)
    return response


def file_remove(request: HttpRequest, slug: str, session_id: int, file_id: int) -> HttpResponse:
    """Take a file away for good: whoever attached it, or an organizer of the group."""
    group, row = _file(request, slug, session_id, file_id)
    is_own = _is_own(request, row)
    if not (is_own or request.user.has_perm("reading_groups.edit_group", group)):
        raise PermissionDenied
    page = "reading_groups:slides-edit" if is_own else "reading_groups:presenter-list"
    if request.method == "POST":
        actions.remove_file(file_id=row.pk)
        messages.success(request, _("“%(name)s” is removed.") % {"name": row.name})
    return redirect(page, slug, session_id)


def _page(
    request: HttpRequest, own: Presentation, *, form: PartForm | None = None, file_form: FileForm | None = None
) -> HttpResponse:
    is_wrong = bool((form and form.is_bound) or file_form)
    files = list(own.files.in_order())
    context = {
        "group": own.session.group,
        "session": own.session,
        "title": title_of(own.session),
        "files": files,
        "has_room": len(files) < MOST_FILES or file_form is not None,
        "part_form": form or PartForm(initial={"part": own.part, "url": own.slides_url}),
        "file_form": file_form or FileForm(),
        "form": file_form or form,
    }
    return render(request, "reading_groups/slides-edit.html", context, status=422 if is_wrong else 200)


def _own_presentation(request: HttpRequest, slug: str, session_id: int) -> Presentation:
    """What the viewer presents, also after they have left the group. Raises Http404 and PermissionDenied."""
    group = get_object_or_404(visible_groups(request), slug=slug)
    session: Session = session_of(group, session_id)
    own = Presentation.objects.filter(session=session, member=request.user).first()
    if own is None:
        raise PermissionDenied
    own.session = session
    return own


def _file(request: HttpRequest, slug: str, session_id: int, file_id: int) -> tuple[ReadingGroup, PresentationFile]:
    """A file of a session of a group that the viewer may see. Raises Http404."""
    group = get_object_or_404(visible_groups(request), slug=slug)
    files = PresentationFile.objects.select_related("presentation").filter(presentation__session__group=group)
    return group, get_object_or_404(files, pk=file_id, presentation__session=session_id)


def _is_own(request: HttpRequest, row: PresentationFile) -> bool:
    return row.presentation.member_id == request.user.pk
