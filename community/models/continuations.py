"""Chat messages that posts carry on, without keeping their words."""

from django.db import models

from community.models.chat import Message
from community.models.posts import Post

CARRIED_AT_MOST = 50  # messages in a post


class MessageQuote(models.Model):
    """A chat message in a post; shown as it is now, with the rights of whoever looks."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="message_quotes")
    message = models.ForeignKey(Message, models.CASCADE, related_name="quotes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "message"], name="message_quote_once")]

    def __str__(self):
        return f"Message {self.message_id} in post {self.post_id}"
