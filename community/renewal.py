"""Posts that an older renderer made into HTML, rendered again; nothing else about them changes."""

from django.db import transaction

from community import markdown
from community.models import Post, Quote
from community.uploads import attachments
from leaders.models import Leader

BATCH = 500


def renew() -> tuple[int, int]:
    """Render what is older than the renderer; return how many posts, and how many had to stay as they are."""
    done = left = last = 0
    while batch := list(_old().filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        renewed = sum(map(renew_one, batch))
        done, left = done + renewed, left + len(batch) - renewed
    return done, left


@transaction.atomic
def renew_one(post: Post) -> bool:
    """Render a post again; False if it would lose something or take words from a chat, or was just edited."""
    named = Leader.objects.filter(mentions__post=post)
    attachable = attachments.attachable(post.author, post.space, post) if post.author else None
    rendered = markdown.render(post.body, lambda handles: named.filter(handle__in=handles), attachable)
    carried = set(post.attachments.filter(removed_at=None))
    taken = set(post.message_quotes.values_list("message", flat=True))
    if rendered.loose or set(rendered.messages) != taken:
        return False
    if set(rendered.mentions) != set(named) or set(rendered.attachments) != carried:
        return False
    as_read = Post.objects.filter(pk=post.pk, version=post.version, withdrawn_at=None)
    if not as_read.update(body_html=rendered.html, renderer=markdown.RENDERER):
        return False
    quoted = Post.objects.filter(pk__in=rendered.quotes)
    Quote.objects.bulk_create([Quote(post=post, quoted=other) for other in quoted], ignore_conflicts=True)
    return True


def _old():
    posts = Post.objects.filter(renderer__lt=markdown.RENDERER, withdrawn_at=None)
    return posts.select_related("author", "space").order_by("pk")
