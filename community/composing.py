"""From what somebody typed to what stands in a post, with the rows that it speaks of."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from community import attachments, markdown, posts, spaces
from community.models import Mention, Post, Quote, Space
from leaders.models import Leader

ATTACHMENTS_AT_MOST = 20  # in a post


class Unfit(PermissionDenied):
    """A text that cannot stand as it is; the sentence says what to change in it."""


class Undescribed(Unfit):
    """An image without a word of what it shows."""

    def __init__(self):
        super().__init__(
            "Say in a few words what each image shows, for people who cannot see it. Where there is a box "
            "for it below your words, write it there; or between the square brackets: ![A busy room](…). "
            "If an image shows nothing that matters, write: ![decorative](…)."
        )


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


def preview(body: str, *, by: Leader, space: Space, post: Post | None = None) -> str:
    """The HTML that the writer would see if the words stood there; refused as writing them would be."""
    rendered, _ = _compose(post or Post(space=space, author=by), body, by)
    return posts.dressed(rendered.html, viewer=by)


def write(post: Post, body: str, by: Leader) -> None:
    """Set the text of a post and save it with the rows that the text speaks of."""
    rendered, quoted = _compose(post, body, by)
    post.body, post.body_html, post.renderer = body, rendered.html, markdown.RENDERER
    post.save()
    post.mentions.exclude(leader__in=rendered.mentions).delete()
    post.quotes.exclude(quoted__in=rendered.quotes).delete()
    Mention.objects.bulk_create(
        [Mention(post=post, leader=leader) for leader in rendered.mentions], ignore_conflicts=True
    )
    Quote.objects.bulk_create([Quote(post=post, quoted=other) for other in quoted], ignore_conflicts=True)
    attachments.settle(post, rendered.attachments)


def _compose(post: Post, body: str, by: Leader) -> tuple[markdown.Rendered, QuerySet[Post]]:
    """What a text becomes where a post stands, and the posts that it quotes; a refusal if it cannot."""
    attachable = attachments.attachable(by, post.space, post)
    rendered = markdown.render(body, spaces.mentionable(post.space), attachable)
    _refuse_unfit(rendered)
    quoted = Post.objects.visible_to(by).filter(pk__in=rendered.quotes)
    if quoted.count() != len(rendered.quotes):
        raise UnseenQuote
    return rendered, quoted


def _refuse_unfit(rendered: markdown.Rendered) -> None:
    if rendered.loose:
        raise LooseQuote
    if rendered.undescribed:
        raise Undescribed
    if len(rendered.attachments) > ATTACHMENTS_AT_MOST:
        raise TooManyAttachments
