"""Who may write in threads and say what they are about."""

from django.core.exceptions import PermissionDenied

from community.models import (
    MailRule,
    Post,
    Space,
    SpaceKind,
    Thread,
)
from community.permissions.moderation import Conflict
from community.permissions.spaces import may_moderate, may_read, may_write, while_open
from leaders.models import Leader
from leaders.permissions import ALLOWED, Verdict, no, uses_second_factor

MOVING = "Many posts are being moved here. It takes a minute or so."


class Moving(Conflict):
    """What one wants to do there can be done in a minute."""


class Unseen(PermissionDenied):
    """What one must not even know to be there."""


def may_see(leader: Leader, thread: Thread) -> Verdict:
    """Whoever reads the space; a thread that is hidden, only its moderators."""
    unseen = Verdict(False, "Only members of this space can read it.", Unseen)
    return ALLOWED if _sees(leader, thread) else unseen


def may_start(leader: Leader, space: Space) -> Verdict:
    """Whoever may write in the space may start a thread."""
    return may_write(leader, space)


def may_reply(leader: Leader, thread: Thread) -> Verdict:
    """Whoever may write in the space, while the thread is open and shown."""
    if not (verdict := may_see(leader, thread)):
        return verdict
    if thread.is_hidden:
        return no("This thread is hidden.")
    if thread.is_moving:
        return Verdict(False, f"{MOVING} Please try again then.", Moving)
    if thread.is_closed and not may_moderate(leader, thread.space):
        return no("This thread is closed.")
    return while_open(thread.space)


def may_reply_by_mail(leader: Leader, thread: Thread) -> Verdict:
    """Whoever may reply and signs in by e-mail alone, where the space takes it and nobody hides a name."""
    space = thread.space
    may_leave = space.kind != SpaceKind.SEALED and space.mail_rule == MailRule.EVERYTHING
    if not (space.takes_mail and may_leave):
        return no("This space does not take replies by e-mail.")
    if uses_second_factor(leader):
        return no("You sign in with a second factor, which an e-mail cannot show.")
    # Whoever wrote there under an alias would answer under their name.
    if thread.alias or thread.posts.exclude(alias="").exists():
        return no("Some write without their names there, so replies by e-mail are not taken.")
    return may_reply(leader, thread)


def may_rename(leader: Leader, thread: Thread) -> Verdict:
    """Its author, while one may still write there, and the moderators of its space."""
    if may_moderate(leader, thread.space):
        return ALLOWED
    if thread.author_id != leader.pk:
        return no("Only its author and the moderators can change the title of a thread.")
    return may_reply(leader, thread)


def may_choose_answer(leader: Leader, thread: Thread) -> Verdict:
    """Who asked the question, and the moderators of its space."""
    if not thread.is_question:
        return no("Only a question has an answer.")
    asked = thread.author_id == leader.pk and may_read(leader, thread.space)
    if not (asked or may_moderate(leader, thread.space)):
        return no("Only who asked and the moderators can say what the answer is.")
    return ALLOWED


def may_mark_answer(leader: Leader, post: Post) -> Verdict:
    """Whoever may choose the answer, among the replies that everybody there can see."""
    if not (verdict := may_choose_answer(leader, post.thread)):
        return verdict
    if post.number == 1:
        return no("The question itself cannot be the answer.")
    if post.is_hidden or post.thread.is_hidden:
        return no("A hidden post cannot be the answer.")
    return ALLOWED


def _sees(leader: Leader, thread: Thread) -> bool:
    """Whether a thread that was just read is one that the leader may see."""
    if thread.is_hidden or thread.merged_into_id:
        return Thread.objects.visible_to(leader).filter(pk=thread.pk).exists()
    return bool(may_read(leader, thread.space))
