"""The development mailbox: what the mail server of this machine kept, to be read in the browser."""

import email.policy
import mailbox
import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

PER_PAGE = 25
_NAME = re.compile(r"(\d{1,11})\.M(\d{1,6})P")
LETTER = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": ["data:"],
    "frame-ancestors": [SELF],
}


@login_not_required
@require_safe
def letters(request):
    """The letters, the newest first; ?to= shows those of one person."""
    box = _box()
    to = request.GET.get("to", "").strip()[:254]
    found = [(key, _came(key), _head(box, key)) for key in sorted(box.keys(), key=_came, reverse=True)]
    if to:
        found = [letter for letter in found if to.lower() in str(letter[-1]["To"]).lower()]
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "mailbox/letters.html", {"page": page, "to": to})


@login_not_required
@require_safe
@csp_update({"frame-src": [SELF]})
def letter(request, key):
    """One letter: its text, its HTML in a frame, its headers."""
    message = _letter(key)
    context = {
        "key": key,
        "head": message,
        "came": _came(key),
        "text": _part(message, "plain"),
        "has_html": bool(_part(message, "html")),
        "headers": [(name, str(value).strip()) for name, value in message.items()],
    }
    return render(request, "mailbox/letter.html", context)


@login_not_required
@require_safe
@xframe_options_sameorigin
@csp(LETTER)
def letter_html(request, key):
    """The HTML of a letter, as a mail program would show it: no scripts, nothing from elsewhere."""
    html = _part(_letter(key), "html")
    if not html:
        raise Http404
    return HttpResponse(html.replace("<head>", '<head><base target="_top">', 1))


def _box() -> mailbox.Maildir:
    if not settings.DEVELOPMENT:
        raise Http404
    return mailbox.Maildir(settings.MAILBOX_DIR or settings.BASE_DIR / "var" / "mailbox")


def _came(key: str) -> datetime:
    """When a letter came: its name begins as 1795336989.M92880P."""
    found = _NAME.match(key)
    second, fraction = (int(found[1]), int(found[2])) if found else (0, 0)
    return datetime.fromtimestamp(second, UTC) + timedelta(microseconds=fraction)


def _head(box: mailbox.Maildir, key: str) -> EmailMessage:
    return BytesHeaderParser(policy=email.policy.default).parsebytes(box.get_bytes(key))


def _letter(key: str) -> EmailMessage:
    try:
        return BytesParser(policy=email.policy.default).parsebytes(_box().get_bytes(key))
    except (KeyError, OSError) as error:
        raise Http404 from error


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body([kind])
    return part.get_content() if part else ""
