"""The shape of posts, threads and messages."""

import unicodedata
import uuid

from django import forms
from django.utils.safestring import mark_safe
from markupsafe import escape

from community.forms import references
from community.models import (
    Thread,
    ThreadKind,
)
from leaders.marks import is_seen, upright

POST_AT_MOST = 20_000
MESSAGE_AT_MOST = 4_000


class Textarea(forms.Textarea):
    """Django's, without its templates: every page of a thread has one."""

    def render(self, name, value, attrs=None, renderer=None):
        shown = {"name": name, **self.build_attrs(self.attrs, attrs)}
        said = "".join(_attribute(*each) for each in shown.items())
        # Each value is escaped here.
        return mark_safe(f"<textarea{said}>\n{escape(self.format_value(value) or '')}</textarea>")


def _attribute(name: str, value) -> str:
    """As flatatt has it, in a third of its time."""
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(value)}"'


class Shared:
    """A field that all forms of a class share, as none changes it: copying those of a reply took long."""

    def __deepcopy__(self, memo):
        return self


class BodyField(Shared, forms.CharField):
    """The words of a post, with or without the spaces around them."""

    def __init__(self, **options):
        options = {
            "label": "Your words",
            "max_length": POST_AT_MOST,
            "widget": Textarea(attrs={"rows": 8}),
            "error_messages": {
                "required": "Write something first.",
                "max_length": f"This is longer than {POST_AT_MOST:,} characters. Please split it.",
            },
            **options,
        }
        super().__init__(**options)

    def to_python(self, value):
        """A line ends in one way, whatever a browser makes of it: what was not changed stays the same."""
        return super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")

    def validate(self, value):
        """Signs that nobody can see are no words."""
        super().validate(value if is_seen(value) else "")

    def widget_attrs(self, widget):
        """How long the words may be, without the maxlength by which a browser cuts them off silently."""
        return {"data-most": self.max_length}


class PostField(BodyField):
    """The words of a post, in which files are named by their marks."""

    def prepare_value(self, value):
        """As one reads it in the field: without the addresses of files."""
        return references.as_typed(value or "")

    def files_in(self, bound) -> list[references.Reference]:
        """The files that the words of a form name."""
        form = bound.form
        return references.named((bound.data if form.is_bound else bound.initial) or "")


class Unseen(Shared):
    """A field that nobody sees: a form in which it was broken comes back with what it began with."""

    widget = forms.HiddenInput
    default_error_messages = dict.fromkeys(
        ["required", "invalid", "min_value", "max_value"], "Please send again."
    )

    def bound_data(self, data, initial):
        """What stands in the form when it is shown again."""
        try:
            self.clean(data)
        except forms.ValidationError:
            return initial
        return data


class UUIDField(Unseen, forms.UUIDField):
    """The number of a submission: sent twice, it counts once."""

    def __init__(self, **options):
        super().__init__(initial=uuid.uuid4, **options)


class BaseField(Unseen, forms.IntegerField):
    """The version of the draft with which a form began."""

    def __init__(self):
        super().__init__(min_value=0, max_value=2_000_000_000, required=False, initial=0)


class TitleField(forms.CharField):
    """A title on one line: in a letter a second one could pass for words of ours."""

    default_error_messages = {
        "min_length": "This is too short for a title. Say in a few words what it is about.",
        "max_length": "This is longer than %(limit_value)d characters. Please shorten it.",
    }

    def to_python(self, value):
        words = " ".join(upright(super().to_python(value)).split())
        return "".join(character for character in words if unicodedata.category(character) != "Cc")

    def validate(self, value):
        """Words, before their number counts."""
        super().validate(value)
        if not any(character.isalnum() for character in value):
            raise forms.ValidationError("Give it a title in words, so that others can find it.")


class SeenField(Unseen, forms.IntegerField):
    """The number of the last post that the writer could know of."""

    def __init__(self):
        super().__init__(min_value=0, max_value=2_000_000_000, required=False)


class VersionField(Unseen, forms.IntegerField):
    """The version of the post with which an edit began."""

    def __init__(self):
        super().__init__(min_value=1, max_value=2_000_000_000)


class TitleForm(forms.ModelForm):
    """What a thread is called, and what it is."""

    title = TitleField(
        max_length=150,
        min_length=4,
        error_messages={"required": "Give it a title, so that others can find it."},
    )
    kind = forms.ChoiceField(
        choices=ThreadKind.choices,
        initial=ThreadKind.DISCUSSION,
        widget=forms.RadioSelect,
        label="What is it?",
        error_messages=dict.fromkeys(["required", "invalid_choice"], "Choose what it is."),
    )

    class Meta:
        model = Thread
        fields = ["title", "kind"]


class ThreadForm(TitleForm):
    """A new thread with its first post."""

    body = PostField()
    uuid = UUIDField()
    base = BaseField()


class PreviewForm(forms.Form):
    """The words alone, before they are sent."""

    body = PostField()


class ReplyForm(forms.Form):
    body = PostField(label="Your reply")
    uuid = UUIDField()
    base = BaseField()
    seen = SeenField()


class EditForm(forms.Form):
    body = PostField()
    version = VersionField()
    uuid = UUIDField(required=False)
    base = BaseField()


class MessageField(BodyField):
    """The words of a chat message."""

    def __init__(self, **options):
        too_long = f"This is longer than {MESSAGE_AT_MOST:,} characters. Please split it."
        super().__init__(
            max_length=MESSAGE_AT_MOST,
            widget=Textarea(attrs={"rows": 2}),
            error_messages={"required": "Write something first.", "max_length": too_long},
            **options,
        )


class MessageForm(forms.Form):
    body = MessageField(label="Your message")
    uuid = UUIDField()
    reply_to = forms.IntegerField(
        min_value=1,
        max_value=2_000_000_000,
        required=False,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ["invalid", "min_value", "max_value"], "Please choose again what you reply to."
        ),
    )


class EditMessageForm(forms.Form):
    body = MessageField(label="Your message")
