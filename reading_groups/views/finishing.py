"""What organizers give out of their group: its findings, its people as a file, and invitations by name."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.spreadsheets import rows_as_csv
from reading_groups import actions
from reading_groups.forms.finishing import FindingsForm, findings_initial
from reading_groups.forms.links import LinkForm
from reading_groups.models import ReadingGroup
from reading_groups.people_file import rows_of
from reading_groups.views.coming_in import invite_form, links_page
from reading_groups.views.loading import open_group


@require_http_methods(["GET", "HEAD", "POST"])
def findings_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """What the group found, in the organizers' words."""
    group = open_group(request, slug)
    form = FindingsForm(request.POST if request.method == "POST" else None, initial=findings_initial(group))
    now_stands = ""
    if form.is_bound and form.is_valid():
        try:
            actions.set_findings(group_id=group.pk, **form.cleaned_data)
        except ReadingGroup.DoesNotExist:
            raise Http404 from None
        except actions.FindingsHaveChanged:
            group.refresh_from_db(fields=["findings"])
            now_stands = group.findings
            form.add_error(
                "text",
                _(
                    "Somebody else has written here meanwhile. Theirs stands below; take in what you "
                    "want to keep, and save again."
                ),
            )
            # Once more, and this is what they have read.
            form.data = form.data.copy()
            form.data["before"] = group.findings_mark
        else:
            messages.success(request, _("What you found is saved."))
            return redirect("home:group-results", group.slug)
    context = {"group": group, "form": form, "now_stands": now_stands}
    return render(request, "reading_groups/findings-edit.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_safe
def people_file(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """For the group's organizers: who is or was in it, and who came to which session, as CSV."""
    group = open_group(request, slug)
    response = StreamingHttpResponse(
        rows_as_csv(rows_of(group, timezone.now())), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{group.slug}-people.csv"'
    return response


def member_invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask a member in by name."""
    group = open_group(request, slug)
    if request.method != "POST":
        return redirect("reading_groups:link-list", group.slug)
    form = invite_form(request, is_sent=True)
    if form.is_valid() and form.member is not None:
        try:
            actions.invite_member(actor=request.user, group_id=group.pk, member=form.member, now=timezone.now())
        except ReadingGroup.DoesNotExist:
            raise Http404 from None
        except actions.GroupIsClosed:
            form.add_error("name", _("The group takes nobody at present: it has to be open first."))
        else:
            messages.success(request, _("%(name)s is invited, and told by email.") % {"name": form.member})
            return redirect("reading_groups:link-list", group.slug)
    return links_page(request, group, form=LinkForm(), invite=form)


def invitation_take_back(request: HttpRequest, slug: str, invitation_id: int) -> HttpResponse:
    """Take an invitation back."""
    group = open_group(request, slug)
    if request.method == "POST":
        actions.uninvite_member(group_id=group.pk, invitation_id=invitation_id)
        messages.success(request, _("The invitation is taken back. Whoever is in the group stays."))
    return redirect("reading_groups:link-list", group.slug)
