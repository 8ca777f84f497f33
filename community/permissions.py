"""Who may do what in spaces, threads and rooms; a refusal is a sentence that one can show."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from community.models import (
    Attachment,
    Bookmark,
    Case,
    Decision,
    Draft,
    DraftKind,
    FormerTitle,
    JoinRequest,
    Message,
    Post,
    Report,
    Revision,
    Room,
    Space,
    SpaceKind,
    Thread,
    WellDone,
)
from community.models.spaces import moderated_ids, readable_ids
from leaders.models import Leader
from leaders.permissions import ALLOWED, TooOften, Verdict, may_come_in, no, require

__all__ = ["ALLOWED", "Conflict", "TooOften", "Verdict", "require"]

# More than people do, even on a busy day; somebody's script is stopped there.
POSTS_AT_MOST = EDITS_AT_MOST = 200  # in ten minutes
REPORTS_AT_MOST = 20  # in an hour
TITLES_AT_MOST = 30  # in an hour
REQUESTS_AT_MOST = 10  # in a day
WELL_DONES_AT_MOST = 20  # in a day
BOOKMARKS_AT_MOST = 2_000  # in all
ATTACHMENTS_AT_MOST, ATTACHED_BYTES_AT_MOST = 100, 300_000_000  # in a day
DRAFTS_AT_MOST = 200
DRAFTS_SIZE_AT_MOST = 4_000_000  # characters in all drafts of one leader
ASIDES_AT_MOST = 4  # texts beside one draft


class Conflict(PermissionDenied):
    """What one wants to decide has been decided meanwhile; the sentence says how."""


def may_read(leader: Leader, space: Space) -> Verdict:
    """Whoever belongs to the space; everybody where it is open."""
    if space.pk not in readable_ids(leader):
        return no("Only members of this space can read it.")
    return ALLOWED


def may_write(leader: Leader, space: Space) -> Verdict:
    """Whoever may read a space that is not closed."""
    return may_read(leader, space) and _while_open(space)


def may_accept_terms(leader: Leader, space: Space) -> Verdict:
    """Whoever belongs to a sealed space."""
    if space.kind != SpaceKind.SEALED or not Space.objects.belonging_to(leader).filter(pk=space.pk).exists():
        return no("This space has no rules that wait for your yes.")
    return ALLOWED


def may_ask_to_join(leader: Leader, space: Space) -> Verdict:
    """Those outside a restricted space who have not asked yet."""
    if not may_come_in(leader) or space.kind != SpaceKind.RESTRICTED:
        return no("One cannot ask to join this space.")
    if may_read(leader, space):
        return no("You belong to this space already.")
    if JoinRequest.objects.filter(space=space, leader=leader, decided_at=None).exists():
        return no("You have asked already. A moderator will answer.")
    return ALLOWED


def may_start(leader: Leader, space: Space) -> Verdict:
    """Whoever may write in the space may start a thread."""
    return may_write(leader, space)


def may_reply(leader: Leader, thread: Thread) -> Verdict:
    """Whoever may write in the space, while the thread is open and shown."""
    if not _sees(leader, thread):
        return no("Only members of this space can read it.")
    if thread.is_hidden:
        return no("This thread is hidden.")
    if thread.is_closed and not may_moderate(leader, thread.space):
        return no("This thread is closed.")
    return _while_open(thread.space)


def may_attach(leader: Leader, space: Space) -> Verdict:
    """Whoever may write in the space may send files for what they write there."""
    return may_write(leader, space)


def may_remove(leader: Leader, attachment: Attachment) -> Verdict:
    """Whoever sent it, until a post carries it."""
    if not may_come_in(leader) or attachment.uploader_id != leader.pk:
        return no("Only whoever sent a file can remove it.")
    if attachment.post_id:
        return no("This file is part of a post. Edit the post to take it out.")
    return ALLOWED


def may_edit(leader: Leader, post: Post) -> Verdict:
    """The author, while one may still write there."""
    if not may_come_in(leader) or post.author_id != leader.pk:
        return no("Only its author can edit a post.")
    if post.is_hidden:
        return no("This post is hidden. It cannot be edited.")
    return may_reply(leader, post.thread)


def may_withdraw(leader: Leader, post: Post) -> Verdict:
    """Its author, as long as nobody has been told of it and nobody has taken it up."""
    if post.author_id != leader.pk or not Post.objects.visible_to(leader).filter(pk=post.pk).exists():
        return no("Only its author can take a post back.")
    if timezone.now() >= post.told_at:
        return no("The time in which you could take this back is over. You can still edit it.")
    later = post.thread.posts.filter(number__gt=post.number, withdrawn_at=None)
    if later.exclude(author=leader).exists():
        return no("Somebody has replied meanwhile. You can still edit your post.")
    if post.number == 1 and later.exists():
        return no("You have written more in this thread. Take that back first.")
    # One sentence for all of these: it must not say that somebody reported the post, or quotes it elsewhere.
    if post.is_hidden or post.thread.answer_id == post.pk or _is_taken_up(post):
        return no("This post cannot be taken back any more. You can still edit it.")
    return ALLOWED


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


def may_draft(leader: Leader, kind: str, target: int) -> Verdict:
    """Whoever can see where the words belong; of a post, its author. Who began one may go on with it."""
    places = {
        DraftKind.THREAD: Space.objects.visible_to(leader),
        DraftKind.REPLY: Thread.objects.visible_to(leader),
        DraftKind.EDIT: Post.objects.visible_to(leader).filter(author=leader),
    }
    if kind in places and (
        places[kind].filter(pk=target).exists()
        or Draft.objects.filter(leader=leader, kind=kind, target=target).exists()
    ):
        return ALLOWED
    return no("There is nothing here that you can write in.")


def may_keep_drafts(number: int, size: int) -> Verdict:
    """So many drafts of so many characters in all."""
    if number > DRAFTS_AT_MOST:
        return no(
            f"You have {DRAFTS_AT_MOST} drafts. Please send or discard one, then this one will be kept."
        )
    if size > DRAFTS_SIZE_AT_MOST:
        return no(
            "Your drafts are very long together. Please send or discard one, then this one will be kept."
        )
    return ALLOWED


def may_set_aside(waiting: int) -> Verdict:
    """So many texts already wait beside a draft for its author to choose."""
    if waiting >= ASIDES_AT_MOST:
        return no("Too many texts of this draft wait for you to choose. Choose first, please.")
    return ALLOWED


def may_thank(leader: Leader, post: Post) -> Verdict:
    """Whoever can see a post that is not their own."""
    if not Post.objects.visible_to(leader).shown().filter(pk=post.pk).exists():
        return no("You cannot see this post.")
    if post.author_id == leader.pk:
        return no("One cannot thank oneself.")
    return ALLOWED


def may_bookmark(leader: Leader, post: Post) -> Verdict:
    """Whoever can see a post that is not hidden."""
    if not Post.objects.visible_to(leader).shown().filter(pk=post.pk).exists():
        return no("You cannot see this post.")
    if Bookmark.objects.filter(leader=leader).exclude(post=post).count() >= BOOKMARKS_AT_MOST:
        return no(f"You have {BOOKMARKS_AT_MOST:,} bookmarks. Remove some first.")
    return ALLOWED


def may_say_well_done(leader: Leader, person: Leader, about: Post | Thread | None = None) -> Verdict:
    """To whomever one can see but oneself; about what both can see."""
    if not Leader.objects.visible_to(leader).filter(pk=person.pk).exists():
        return no("You cannot see this person.")
    if person.pk == leader.pk:
        return no("One cannot say well done to oneself. It is for a colleague to say.")
    if about and not both_see(about, leader, person):
        return no("You cannot both see what you link to.")
    return ALLOWED


def both_see(item: Post | Thread, *leaders: Leader) -> bool:
    """Whether each of them can see a post or a thread that nobody hid."""
    items = type(item).objects
    return all(items.visible_to(each).shown().filter(pk=item.pk).exists() for each in leaders)


def may_show(leader: Leader, said: WellDone) -> Verdict:
    """Whoever it was said to."""
    if not may_come_in(leader) or said.to_id != leader.pk:
        return no("Only the person to whom it was said decides where it stands.")
    return ALLOWED


def may_take_away(leader: Leader, said: WellDone) -> Verdict:
    """Whoever said it, and whoever it was said to."""
    if not may_come_in(leader) or leader.pk not in (said.to_id, said.by_id):
        return no("Only the two people whom it concerns can remove it.")
    return ALLOWED


def may_report(leader: Leader, item: Post | Message) -> Verdict:
    """Whoever can see the item, unless it is their own."""
    if not type(item).objects.visible_to(leader).filter(pk=item.pk).exists():
        return no("You cannot see this.")
    if item.author_id == leader.pk:
        return no("You cannot report your own words. You can edit them, or write to a moderator.")
    return ALLOWED


def may_say(leader: Leader, room: Room) -> Verdict:
    """Whoever may write in the space of the room."""
    if not room.space.has_chat:
        return no("This space has no chat room.")
    return may_write(leader, room.space)


def may_edit_message(leader: Leader, message: Message) -> Verdict:
    """The author, while one may still write there."""
    if not may_come_in(leader) or message.author_id != leader.pk:
        return no("Only its author can edit a message.")
    if message.is_hidden:
        return no("This message is hidden. It cannot be edited.")
    return may_say(leader, message.room)


def may_moderate(leader: Leader, space: Space) -> Verdict:
    """The faculty who are moderators of this very space."""
    if space.pk not in moderated_ids(leader):
        return no("Only the moderators of this space may do that.")
    return ALLOWED


def may_decide(leader: Leader, item: Post | Message | Thread) -> Verdict:
    """The moderators of its space, but not about their own words."""
    if not (verdict := may_moderate(leader, item.space)):
        return verdict
    if item.author_id == leader.pk:
        return no("These are your own words. Another moderator must decide about them.")
    if getattr(item, "withdrawn_at", None):
        return no("Its author has taken it back.")
    return ALLOWED


def may_move(leader: Leader, thread: Thread, space: Space) -> Verdict:
    """The moderators of its space, to where they may write, if nobody reads it there who could not before."""
    return may_moderate(leader, thread.space) and _may_carry(leader, thread.space, space)


def may_split(leader: Leader, thread: Thread) -> Verdict:
    """The moderators of its space, while it is shown: a new thread would be."""
    if thread.is_hidden:
        return may_moderate(leader, thread.space) and no("This thread is hidden. Show it again first.")
    return may_moderate(leader, thread.space)


def may_merge(leader: Leader, thread: Thread, into: Thread) -> Verdict:
    """The moderators of both, if nobody reads it there who could not before."""
    if not (verdict := may_moderate(leader, thread.space) and may_moderate(leader, into.space)):
        return verdict
    if thread.pk == into.pk:
        return no("A thread cannot be merged into itself.")
    if thread.is_hidden or into.is_hidden:
        return no("One of the two is hidden. Show it again first.")
    return may_write(leader, into.space) and _may_carry(leader, thread.space, into.space)


def _may_carry(leader: Leader, source: Space, target: Space) -> Verdict:
    if source.pk == target.pk:
        return ALLOWED
    if source.kind == SpaceKind.SEALED:
        return no("What was said in a sealed space stays there.")
    if not (verdict := may_write(leader, target)):
        return verdict
    if target.readers().exclude(pk__in=source.readers().values("pk")).exists():
        return no("People would read it there who could not read it before.")
    return ALLOWED


def may_suspend(leader: Leader, member: Leader, space: Space) -> Verdict:
    """Moderators, but neither themselves, nor faculty, nor admins, nor people who were never in the space."""
    if not (verdict := may_moderate(leader, space)):
        return verdict
    if member.pk == leader.pk:
        return no("You cannot suspend yourself.")
    if member.is_faculty or member.is_staff:
        return no("Faculty and admins can only be suspended by an admin.")
    if not (member.is_suspended or _takes_part(member, space)):
        return no("You can only suspend people who take part in this space.")
    return ALLOWED


def may_lift(leader: Leader, member: Leader, space: Space) -> Verdict:
    """The moderators of the space in which the suspension was decided."""
    if not (verdict := may_moderate(leader, space)):
        return verdict
    latest = Decision.objects.filter(leader=member, verb=Decision.Verb.SUSPEND).first()
    if latest is None or latest.space_id != space.pk:
        return no("This suspension was decided elsewhere. Ask an admin to lift it.")
    return ALLOWED


def _is_taken_up(post: Post) -> bool:
    began_elsewhere = post.number == 1 and post.thread.arrivals.exists()
    praised = WellDone.objects.filter(Q(post=post) | Q(thread=post.thread)).exists()
    reported = Case.objects.filter(post=post).exists()
    return began_elsewhere or praised or reported or post.thanks.exists() or post.quoted_by.exists()


def _takes_part(member: Leader, space: Space) -> bool:
    return (
        Space.objects.belonging_to(member).filter(pk=space.pk).exists()
        or Post.objects.filter(space=space, author=member).exists()
        or Message.objects.filter(room__space=space, author=member).exists()
    )


def may_open_desk(leader: Leader) -> Verdict:
    """Faculty who moderate at least one space."""
    if not moderated_ids(leader):
        return no("The desk is for the faculty who moderate spaces.")
    return ALLOWED


def may_go_on_writing(leader: Leader) -> Verdict:
    """Whoever wrote no more posts than people do."""
    lately = Post.objects.filter(author=leader).since(_ago(minutes=10))
    return _unless(lately, POSTS_AT_MOST, "You have written very much just now. Please wait ten minutes.")


def may_go_on_editing(leader: Leader) -> Verdict:
    """Whoever edited no more posts than people do."""
    lately = Revision.objects.filter(editor=leader, at__gt=_ago(minutes=10))
    return _unless(lately, EDITS_AT_MOST, "You have edited very much just now. Please wait ten minutes.")


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


def may_go_on_asking(leader: Leader) -> Verdict:
    """Whoever asked to join no more often than people do."""
    lately = JoinRequest.objects.filter(leader=leader, asked_at__gt=_ago(days=1))
    return _unless(lately, REQUESTS_AT_MOST, "You have asked very often today. Please wait until tomorrow.")


def may_go_on_attaching(leader: Leader) -> Verdict:
    """Whoever sent no more files than people do."""
    lately = Attachment.objects.filter(uploader=leader, created_at__gt=_ago(days=1))
    sentence = "You have sent very many files today. Please wait until tomorrow."
    if (lately.aggregate(bytes=Sum("size"))["bytes"] or 0) >= ATTACHED_BYTES_AT_MOST:
        return Verdict(False, sentence, TooOften)
    return _unless(lately, ATTACHMENTS_AT_MOST, sentence)


def _sees(leader: Leader, thread: Thread) -> bool:
    """Whether a thread that was just read is one that the leader may see."""
    if thread.is_hidden or thread.merged_into_id:
        return Thread.objects.visible_to(leader).filter(pk=thread.pk).exists()
    return bool(may_read(leader, thread.space))


def _while_open(space: Space) -> Verdict:
    return no("This space is closed. It can still be read.") if space.is_closed else ALLOWED


def _ago(**how_long):
    return timezone.now() - timedelta(**how_long)


def _unless(done: QuerySet, at_most: int, sentence: str) -> Verdict:
    return Verdict(False, sentence, TooOften) if done.count() >= at_most else ALLOWED
