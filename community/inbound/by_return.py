"""What senders are told by return: once, seldom, and nothing that only a reader of a thread may know."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from community.models import InboundMail, InboundReason
from leaders import mail

TO_ONE_SENDER, FOR_ONE_KEY = 5, 10  # in a day
SUBJECTS = {True: "Your reply was posted, without its files", False: "Your reply was not posted"}

LEFT_OUT = """Your reply has been posted. What you attached has not: files are taken on the site only,
where they are checked and you can say what they show. You can add them there by editing your post."""

_FRAME = """Hello,

{words}

Collaborate: {site}

This letter was written by a machine, and answers to it are not read.
"""
_REFUSED = """Your e-mail to Collaborate was not posted. {reason}

Your words are still among the letters that you sent."""
_INSTEAD = " You can reply on the site instead."


class Refused(Exception):
    """It does not become a post; `words` tell its sender why; without any nobody is told."""

    def __init__(self, reason: InboundReason, words: str = "", *, on_site: bool = True):
        super().__init__(words)
        self.reason, self.words, self.on_site = reason, words, on_site


class NotNow(Exception):
    """The mail server does not take the answer at present."""


def refusal(reason: str, *, on_site: bool = True) -> str:
    """The words for a refusal; empty where nobody is told."""
    return _REFUSED.format(reason=reason) + _INSTEAD * on_site if reason else ""


def may_tell(message: InboundMail) -> bool:
    """So seldom that nobody can be flooded through us, whoever forges whose address."""
    told = InboundMail.objects.filter(
        Q(owes_answer=True) | Q(answered_at__gt=timezone.now() - timedelta(days=1))
    )
    by_key = told.filter(key=message.key_id).count() if message.key_id else 0
    return told.filter(sender=message.sender).count() < TO_ONE_SENDER and by_key < FOR_ONE_KEY


def send(to: str, words: str, message_id: str) -> bool:
    """Send an answer; False if it has to be tried again."""
    text = _FRAME.format(words=words, site=settings.SITE_URL + reverse("notices"))
    letter = mail.answer(to, subject=SUBJECTS[words == LEFT_OUT], text=text, message_id=message_id)
    with mail.Line() as line:
        return line.send(letter).outcome != mail.Outcome.DEFERRED
