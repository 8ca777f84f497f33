"""How often one may do what: more than people do, even on a busy day; a script is stopped there."""

from datetime import timedelta

from django.db.models import QuerySet, Sum
from django.utils import timezone

from community.models import (
    Attachment,
    FormerTitle,
    HostLine,
    InboundMail,
    InboundState,
    JoinRequest,
    Participant,
    Post,
    Report,
    Revision,
    Session,
    WellDone,
    asking,
)
from leaders.models import Leader
from leaders.permissions import ALLOWED, TooOften, Verdict

POSTS_AT_MOST = EDITS_AT_MOST = 200  # in ten minutes
MAILS_AT_MOST = 30  # replies by e-mail in an hour
REPORTS_AT_MOST = 20  # in an hour
TITLES_AT_MOST = 30  # in an hour
REQUESTS_AT_MOST = 10  # in a day
WELL_DONES_AT_MOST = 20  # in a day
LINES_AT_MOST = 10  # in a day
PEOPLE_BROUGHT_AT_MOST = 40  # in a day, into conversations
SESSIONS_AT_MOST = 20  # in a day
ATTACHMENTS_AT_MOST, ATTACHED_BYTES_AT_MOST = 100, 300_000_000  # in a day


def may_go_on_writing(leader: Leader) -> Verdict:
    """Whoever wrote no more posts than people do."""

    def count():
        return Post.objects.filter(author=leader).since(_ago(minutes=10)).count()

    if (asking.remember(("lately", leader.pk), count) or 0) < POSTS_AT_MOST:
        return ALLOWED
    return Verdict(False, "You have written very much just now. Please wait ten minutes.", TooOften)


def may_go_on_editing(leader: Leader) -> Verdict:
    """Whoever edited no more posts than people do."""
    lately = Revision.objects.filter(editor=leader, at__gt=_ago(minutes=10))
    return _unless(lately, EDITS_AT_MOST, "You have edited very much just now. Please wait ten minutes.")


def may_go_on_mailing(leader: Leader) -> Verdict:
    """Whoever replied by e-mail no more often than people do."""
    posted = InboundMail.objects.filter(key__leader=leader, state=InboundState.POSTED)
    sentence = "You have replied very often by e-mail just now. Please wait an hour, or reply on the site."
    return _unless(posted.filter(received_at__gt=_ago(hours=1)), MAILS_AT_MOST, sentence)


def may_go_on_renaming(leader: Leader) -> Verdict:
    """Whoever changed no more titles than people do."""
    lately = FormerTitle.objects.filter(by=leader, at__gt=_ago(hours=1))
    sentence = "You have changed very many titles just now. Please wait an hour."
    return _unless(lately, TITLES_AT_MOST, sentence)


def may_go_on_reporting(leader: Leader) -> Verdict:
    """Whoever reported no more than people do."""
    lately = Report.objects.filter(by=leader, at__gt=_ago(hours=1))
    sentence = "You have sent many reports within an hour. Please wait, or write to a moderator."
    return _unless(lately, REPORTS_AT_MOST, sentence)


def may_go_on_saying_well_done(leader: Leader) -> Verdict:
    """Whoever said it no more often than one can mean it."""
    lately = WellDone.objects.filter(by=leader, at__gt=_ago(days=1))
    sentence = "You have said it very often today. Please wait until tomorrow."
    return _unless(lately, WELL_DONES_AT_MOST, sentence)


def may_go_on_writing_lines(leader: Leader) -> Verdict:
    """Whoever wrote no more lines as a host than a few spaces need."""
    lately = HostLine.objects.filter(by=leader, at__gt=_ago(days=1))
    return _unless(lately, LINES_AT_MOST, "You have written many lines today. Please wait until tomorrow.")


def may_go_on_asking(leader: Leader) -> Verdict:
    """Whoever asked to join no more often than people do."""
    lately = JoinRequest.objects.filter(leader=leader, asked_at__gt=_ago(days=1))
    return _unless(lately, REQUESTS_AT_MOST, "You have asked very often today. Please wait until tomorrow.")


def may_go_on_bringing(leader: Leader, people: int) -> Verdict:
    """Whoever brought no more people into conversations than one can talk with."""
    lately = Participant.objects.filter(added_by=leader, joined_at__gt=_ago(days=1)).exclude(leader=leader)
    sentence = "You have begun very many conversations today. Please wait until tomorrow."
    return _unless(lately, PEOPLE_BROUGHT_AT_MOST - people + 1, sentence)


def may_go_on_planning(leader: Leader) -> Verdict:
    """Whoever planned no more sessions than people do."""
    lately = Session.objects.filter(planned_by=leader, created_at__gt=_ago(days=1))
    return _unless(lately, SESSIONS_AT_MOST, "You have planned very many sessions today. Please wait.")


def may_go_on_attaching(leader: Leader) -> Verdict:
    """Whoever sent no more files than people do."""
    lately = Attachment.objects.filter(uploader=leader, created_at__gt=_ago(days=1))
    sentence = "You have sent very many files today. Please wait until tomorrow."
    if (lately.aggregate(bytes=Sum("size"))["bytes"] or 0) >= ATTACHED_BYTES_AT_MOST:
        return Verdict(False, sentence, TooOften)
    return _unless(lately, ATTACHMENTS_AT_MOST, sentence)


def _ago(**how_long):
    return timezone.now() - timedelta(**how_long)


def _unless(done: QuerySet, at_most: int, sentence: str) -> Verdict:
    return Verdict(False, sentence, TooOften) if done.count() >= at_most else ALLOWED
