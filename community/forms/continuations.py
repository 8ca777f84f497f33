"""The shape of a thread that carries on what was said in a chat."""

from django import forms

from community.forms.words import BodyField, TitleForm, UUIDField
from community.models import CARRIED_AT_MOST, Message

SHOWN, SHOWN_AT_MOST = 50, 300


class ContinueForm(TitleForm):
    """A title, some messages, and perhaps a few words before them."""

    body = BodyField(
        label="A few words before them",
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "This is longer than 2,000 characters. Please shorten it."},
    )
    numbers = forms.TypedMultipleChoiceField(
        label="Which messages?",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose at least one message.",
            "invalid_choice": "One of these messages is not there any more. Please choose again.",
        },
    )
    uuid = UUIDField()
    size = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, messages: list[Message], **options):
        super().__init__(*args, **options)
        self.messages = {message.number: message for message in messages}
        self.fields["numbers"].choices = [(message.number, message.short) for message in messages]

    def clean_numbers(self):
        """No more than a thread can begin with."""
        numbers = self.cleaned_data["numbers"]
        if len(set(numbers)) > CARRIED_AT_MOST:
            raise forms.ValidationError(f"Choose at most {CARRIED_AT_MOST} messages.")
        return numbers

    @property
    def chosen(self) -> list[Message]:
        return [self.messages[number] for number in sorted(set(self.cleaned_data["numbers"]))]


def size_of(given: str) -> int:
    """How many messages to offer."""
    number = int(given[:4]) if given.isascii() and given.isdigit() else SHOWN
    return max(SHOWN, min(number, SHOWN_AT_MOST))
