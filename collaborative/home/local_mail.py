"""The mails that a local site keeps instead of sending, as pages. In production there is no such page."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

MOST_SHOWN = 50
NAME = re.compile(r"^[\w-]+\.eml$")


def _folder() -> Path:
    if not settings.LOCAL_MODE:
        raise Http404
    return Path(settings.LOCAL_MAIL_DIR)


def _read(file: Path) -> EmailMessage:
    return message_from_bytes(file.read_bytes(), policy=policy.default)  # type: ignore[return-value]


@login_not_required
@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    files = sorted(_folder().glob("*.eml"), reverse=True)[:MOST_SHOWN]
    mails = [{"name": file.name, "message": _read(file)} for file in files]
    return render(request, "home/local-mail-list.html", {"mails": mails})


@login_not_required
@require_safe
def mail_detail(request: HttpRequest, name: str) -> HttpResponse:
    file = _folder() / name
    if not NAME.match(name) or not file.exists():
        raise Http404
    message = _read(file)
    body = message.get_body(preferencelist=("plain",))
    text = body.get_content() if body else ""
    return render(request, "home/local-mail-detail.html", {"message": message, "text": text})
