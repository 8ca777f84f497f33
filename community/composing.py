"""From what somebody typed to what stands in a post, with the rows that it speaks of."""

from community import markdown, permissions, posts, spaces
from community.models import CARRIED_AT_MOST, Mention, Message, MessageQuote, Post, Quote, Space, hold
from community.models.posts import store
from community.permissions import Unfit
from community.uploads import attachments
from leaders.models import Leader

ATTACHMENTS_AT_MOST = 20  # in a post


class Undescribed(Unfit):
    """An image without a word of what it shows."""

    def __init__(self):
        super().__init__(
            "Say in a few words what each image shows, for people who cannot see it. Where there is a box "
            "for it below your words, write it there; or where the image is named, behind a colon: "
            "[image 3f2a9c1b: A busy room]. If an image shows nothing that matters, write “decorative” there."
        )


class Wordless(Unfit):
    """A text of which nothing is to be seen."""

    def __init__(self):
        super().__init__("Write something first.")


class LooseQuote(Unfit):
    """A quote whose words would be told to those who cannot see the post, as nobody knows where it ends."""

    def __init__(self):
        super().__init__(
            "Begin each line of a quote with >, outside of any list, and leave a line empty after it."
        )


class TooManyAttachments(Unfit):
    """More images and documents than a reader can make sense of in one post."""

    def __init__(self):
        super().__init__(
            f"A post can carry {ATTACHMENTS_AT_MOST} images and documents. Please take some out."
        )


class UnseenQuote(Unfit):
    """A quote of a post that its author cannot see."""

    def __init__(self):
        super().__init__("You quote a post that you cannot see. Please remove that quote.")


class UntakenMessage(Unfit):
    """A chat message that its author may not carry into a thread, or too many of them."""

    def __init__(self):
        super().__init__(
            "You quote a chat message that is not in this space, is gone, or is not yours to take into a "
            f"thread; or more than {CARRIED_AT_MOST} of them. Please take it out."
        )


def preview(body: str, *, by: Leader, space: Space, post: Post | None = None) -> str:
    """The HTML that the writer would see if the words stood there; refused as writing them would be."""
    rendered, _ = _compose(post or Post(space=space, author=by), body, by)
    return posts.dressed(rendered.html, viewer=by)


def write(post: Post, body: str, by: Leader) -> None:
    """Set the text of a post and save it with the rows that it speaks of; a new one as its thread's last."""
    rendered, quoted = _compose(post, body, by)
    if quoted:
        hold(Post, rendered.quotes)
        quoted = _quoted(rendered.quotes, by)
    was_there = post.pk is not None
    post.body, post.body_html, post.renderer = body, rendered.html, markdown.RENDERER
    if was_there:
        post.save()
    else:
        store(post)
    if was_there:
        post.mentions.exclude(leader__in=rendered.mentions).delete()
        post.quotes.exclude(quoted__in=rendered.quotes).delete()
        post.message_quotes.exclude(message__in=rendered.messages).delete()
    Mention.objects.bulk_create(
        [Mention(post=post, leader=leader) for leader in rendered.mentions], ignore_conflicts=True
    )
    Quote.objects.bulk_create([Quote(post=post, quoted=other) for other in quoted], ignore_conflicts=True)
    MessageQuote.objects.bulk_create(
        [MessageQuote(post=post, message_id=pk) for pk in rendered.messages], ignore_conflicts=True
    )
    if was_there or rendered.attachments:
        attachments.settle(post, rendered.attachments)


def _compose(post: Post, body: str, by: Leader) -> tuple[markdown.Rendered, list[Post]]:
    """What a text becomes where a post stands, and the posts that it quotes; a refusal if it cannot."""
    attachable = attachments.attachable(by, post.space, post)
    rendered = markdown.render(body, spaces.mentionable(post.space), attachable)
    _refuse_unfit(rendered)
    quoted = _quoted(rendered.quotes, by) if rendered.quotes else []
    _refuse_untaken(rendered.messages, post, by)
    return rendered, quoted


def _refuse_untaken(ids: list[int], post: Post, by: Leader) -> None:
    """Only what one may carry on, or what the post held before."""
    if not ids:
        return
    held = post.message_quotes.values("message") if post.pk else []
    fresh = list(Message.objects.filter(pk__in=ids).exclude(pk__in=held).select_related("room__space"))
    known = len(fresh) + (post.message_quotes.filter(message__in=ids).count() if post.pk else 0)
    if known != len(ids) or not permissions.may_carry_on(by, post.space, fresh, len(ids)):
        raise UntakenMessage


def _quoted(ids: list[int], by: Leader) -> list[Post]:
    """The posts that a text quotes; UnseenQuote if its author cannot see one of them."""
    quoted = list(Post.objects.visible_to(by).filter(pk__in=ids).only("pk"))
    if len(quoted) != len(ids):
        raise UnseenQuote
    return quoted


def _refuse_unfit(rendered: markdown.Rendered) -> None:
    if markdown.says_nothing(rendered):
        raise Wordless
    if rendered.loose:
        raise LooseQuote
    if rendered.undescribed:
        raise Undescribed
    if len(rendered.attachments) > ATTACHMENTS_AT_MOST:
        raise TooManyAttachments
