"""Certificates: one's own, the public page of each, the code that verifies it, and issuing them."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.pages import page_of
from reading_groups import actions
from reading_groups.forms.finishing import CodeForm
from reading_groups.models import Certificate, Enrolment, ReadingGroup
from reading_groups.models.certificates import code_from
from reading_groups.views.loading import own_group

PER_PAGE = 50


@require_safe
def certificate_list(request: HttpRequest) -> HttpResponse:
    """A member's own."""
    certificates = list(request.user.certificates.newest_first())
    return render(request, "reading_groups/certificate-list.html", {"certificates": certificates})


@login_not_required
@never_cache
@require_safe
def certificate_find(request: HttpRequest) -> HttpResponse:
    """The form for a code; it leads to the certificate."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        certificate = Certificate.objects.filter(code=form.cleaned_data["code"]).first()
        if certificate is not None:
            return redirect(certificate)
        form.add_error("code", _("No certificate has this code. One letter may be wrong."))
    return _find_page(request, form)


@login_not_required
@never_cache
@require_safe
def certificate_detail(request: HttpRequest, code: str) -> HttpResponse:
    """What a certificate says, to whoever has its code; to be printed, and to verify what was printed."""
    rows = Certificate.objects.select_related("group").defer("group__search")
    certificate = rows.filter(code=code_from(code)[:100]).first()
    if certificate is None:
        form = CodeForm({"code": code[:100]})
        if form.is_valid():
            form.add_error("code", _("No certificate has this code. One letter may be wrong."))
        return _find_page(request, form, status=404)
    if request.path != certificate.get_absolute_url():
        return redirect(certificate)
    group = certificate.group
    context = {
        "certificate": certificate,
        "group": group,
        "is_own": certificate.member_id == request.user.pk,
        "may_see_group": request.user.has_perm("reading_groups.view_group", group),
        "address": request.build_absolute_uri(certificate.get_absolute_url()),
    }
    return render(request, "reading_groups/certificate-detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def certificate_issue(request: HttpRequest, slug: str) -> HttpResponse:
    """For the group's organizers: who came how often, who has a certificate, and issuing what is missing."""
    group = own_group(request, slug)
    if group.is_on_review:
        raise PermissionDenied
    now = timezone.now()
    if request.method == "POST":
        try:
            new = actions.issue_certificates(group_id=group.pk, now=now)
        except ReadingGroup.DoesNotExist:
            raise Http404 from None
        except actions.GroupGoesOn:
            messages.error(request, _("The group goes on. Certificates are issued when it is completed."))
        else:
            told = ngettext(
                "%(n)s certificate is issued, and its holder told by email.",
                "%(n)s certificates are issued, and their holders told by email.",
                len(new),
            )
            messages.success(request, told % {"n": len(new)} if new else _("Nobody was missing one."))
        return redirect("reading_groups:certificate-issue", group.slug)
    return render(request, "reading_groups/certificate-issue.html", _issue_context(request, group, now))


def _issue_context(request: HttpRequest, group: ReadingGroup, now: datetime) -> dict[str, object]:
    states = [Enrolment.State.COMPLETED if group.is_over else Enrolment.State.ENROLLED]
    earned = actions.earned_in(group, now, states=states)
    have = {row.member_id: row for row in group.certificates.all()}
    people = [
        {"name": name, "attended": earned.attended.get(pk, 0), "certificate": have.get(pk), "pk": pk}
        for pk, name in earned.names.items()
    ]
    enough = set(earned.enough)
    for person in people:
        person["is_enough"] = person["pk"] in enough
    page, page_problem = page_of(people, request.GET.get("page", "1"), PER_PAGE)
    return {
        "group": group,
        "page": page,
        "page_problem": page_problem,
        "known": len(earned.sessions),
        "held": group.sessions.past(now).count(),
        "needed": earned.needed,
        "enough": len(enough),
        "missing": len(enough - have.keys()),
    }


def _find_page(request: HttpRequest, form: CodeForm, status: int | None = None) -> HttpResponse:
    status = status or (422 if form.is_bound else 200)
    return render(request, "reading_groups/certificate-find.html", {"form": form}, status=status)
