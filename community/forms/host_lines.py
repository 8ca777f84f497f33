"""The shape of a host's line."""

from django import forms

from community.forms.words import UUIDField
from leaders.forms import LineField


class HostLineForm(forms.Form):
    words = LineField(
        label="Your line",
        max_length=200,
        help_text="One sentence, such as “On Thursday we compare night rotas: bring yours.”",
        error_messages={
            "required": "Write a sentence.",
            "max_length": "This is longer than 200 characters. Please shorten it.",
        },
    )
    uuid = UUIDField()
