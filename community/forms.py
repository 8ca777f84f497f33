"""The shape of what people write."""

import re
import uuid
from datetime import UTC, datetime, timedelta

from django import forms
from django.utils import timezone

from community.models import (
    THREAD_LEVELS,
    Bookmark,
    Category,
    Channel,
    JoinRequest,
    Level,
    NoticeChoice,
    NoticeKind,
    Post,
    Report,
    Space,
    Thanks,
    Thread,
    ThreadKind,
)
from community.models.channels import NEVER_OFF, OF_WHAT
from community.models.notices import FOR_MODERATORS
from leaders.models import MailPreferences

POST_AT_MOST = 20_000
MESSAGE_AT_MOST = 4_000
SPLIT_AT_MOST = 1_000
A_MONTH = 31 * 24 * 60 * 60
DRAFT_AT_MOST = 240_000  # far more than a post: nothing that was typed or pasted may be lost


class BodyField(forms.CharField):
    """The words of a post, with or without the spaces around them."""

    def __init__(self, **options):
        options = {
            "label": "Your words",
            "max_length": POST_AT_MOST,
            "widget": forms.Textarea(attrs={"rows": 8}),
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

    def widget_attrs(self, widget):
        """How long the words may be, without the maxlength by which a browser cuts them off silently."""
        return {"data-most": self.max_length}


class UUIDField(forms.UUIDField):
    """The number of a submission: sent twice, it counts once."""

    def __init__(self, **options):
        errors = {"invalid": "Please send again."}
        super().__init__(initial=uuid.uuid4, widget=forms.HiddenInput, error_messages=errors, **options)


class BaseField(forms.IntegerField):
    """The version of the draft with which a form began."""

    def __init__(self):
        super().__init__(
            min_value=0, max_value=2_000_000_000, required=False, initial=0, widget=forms.HiddenInput
        )


class TitleForm(forms.ModelForm):
    """What a thread is called, and what it is."""

    title = forms.CharField(
        max_length=150,
        min_length=4,
        error_messages={"required": "Give it a title, so that others can find it."},
    )
    kind = forms.ChoiceField(
        choices=ThreadKind.choices,
        initial=ThreadKind.DISCUSSION,
        widget=forms.RadioSelect,
        label="What is it?",
    )

    class Meta:
        model = Thread
        fields = ["title", "kind"]

    def clean_title(self):
        title = self.cleaned_data["title"]
        if not any(character.isalnum() for character in title):
            raise forms.ValidationError("Give it a title in words, so that others can find it.")
        return title


class ThreadForm(TitleForm):
    """A new thread with its first post."""

    body = BodyField()
    uuid = UUIDField()
    base = BaseField()


class PreviewForm(forms.Form):
    """The words alone, before they are sent."""

    body = BodyField()


class ReplyForm(forms.Form):
    body = BodyField(label="Your reply")
    uuid = UUIDField()
    base = BaseField()
    seen = forms.IntegerField(min_value=0, max_value=2_000_000_000, required=False, widget=forms.HiddenInput)


class MessageField(BodyField):
    """The words of a chat message."""

    def __init__(self, **options):
        too_long = f"This is longer than {MESSAGE_AT_MOST:,} characters. Please split it."
        super().__init__(
            max_length=MESSAGE_AT_MOST,
            widget=forms.Textarea(attrs={"rows": 2}),
            error_messages={"required": "Write something first.", "max_length": too_long},
            **options,
        )


class MessageForm(forms.Form):
    body = MessageField(label="Your message")
    uuid = UUIDField()


class EditMessageForm(forms.Form):
    body = MessageField(label="Your message")


class EditForm(forms.Form):
    body = BodyField()
    version = forms.IntegerField(min_value=1, max_value=2_000_000_000, widget=forms.HiddenInput)
    uuid = UUIDField(required=False)
    base = BaseField()


class DraftField(forms.CharField):
    """Words as they were typed, but for what no database can hold."""

    def __init__(self, *, max_length: int, what: str):
        too_long = f"{what} is longer than {max_length:,} characters: too long to be kept as a draft."
        errors = {"max_length": too_long}
        super().__init__(max_length=max_length, required=False, strip=False, error_messages=errors)

    def to_python(self, value):
        return super().to_python(value).replace("\x00", "").replace("\r\n", "\n")


class DraftForm(forms.Form):
    """A form as it stands, finished or not."""

    title = DraftField(max_length=1_000, what="The title")
    kind = forms.CharField(required=False)
    body = DraftField(max_length=DRAFT_AT_MOST, what="This")
    uuid = forms.UUIDField(required=False)
    base = BaseField()
    turn = forms.IntegerField(min_value=0, max_value=2_000_000_000, required=False)
    version = forms.IntegerField(min_value=1, max_value=2_000_000_000, required=False)
    leader = forms.IntegerField(required=False)

    def __init__(self, *args, leader, **options):
        super().__init__(*args, **options)
        self._leader = leader

    def clean_kind(self):
        return self.cleaned_data["kind"] if self.cleaned_data["kind"] in ThreadKind.values else ""

    def clean_leader(self):
        if self.cleaned_data["leader"] not in (None, self._leader.pk):
            raise forms.ValidationError("Somebody else has signed in here meanwhile. This was not saved.")
        return self._leader.pk


class SettleForm(forms.Form):
    """Which of two texts of a draft stays."""

    aside = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    choice = forms.ChoiceField(choices=[(choice, choice) for choice in ("this", "that", "both")])


# What a file input offers: phones turn pictures of their own format into JPEG for it.
ACCEPT = "image/jpeg,image/png,image/webp,image/gif,.pdf,.txt,.csv,.docx,.xlsx,.pptx,.odt,.ods,.odp"


class UploadForm(forms.Form):
    """One file, and what it shows."""

    file = forms.FileField(
        label="The file",
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        error_messages={
            "required": "Choose a file.",
            "missing": "Choose a file.",
            "invalid": "Choose a file.",
            "empty": "This file is empty.",
        },
    )
    alt = forms.CharField(
        label="What does the image show?",
        max_length=300,
        required=False,
        error_messages={"max_length": "This is longer than 300 characters. Please shorten it."},
    )
    uuid = UUIDField()

    def clean_alt(self):
        return re.sub(r"[\[\]\\\s]+", " ", self.cleaned_data["alt"]).strip()


class ThanksForm(forms.ModelForm):
    class Meta:
        model = Thanks
        fields = ["words"]
        labels = {"words": "A few words of why"}
        widgets = {"words": forms.TextInput(attrs={"autofocus": True})}


class WellDoneForm(forms.Form):
    """Kind words, and where the work can be read that they are about."""

    words = forms.CharField(
        label="What for?",
        max_length=300,
        help_text="A sentence about what they did, such as “How you opened Tuesday’s meeting”.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Say what for. It is the words that count.",
            "max_length": "This is longer than 300 characters. Please shorten it.",
        },
    )
    link = forms.CharField(
        label="Link to a post or thread",
        max_length=500,
        required=False,
        help_text="Its address here, if both of you can read it.",
        error_messages={"max_length": "This is no address of a post or thread here."},
    )
    uuid = UUIDField()

    def __init__(self, *args, is_seen, **options):
        super().__init__(*args, **options)
        self.is_seen = is_seen

    def clean_link(self):
        """The post or thread that the address names and both can see; nothing tells why another is none."""
        link = self.cleaned_data["link"]
        if not link:
            return None
        named = re.search(r"/(posts|threads)/([1-9][0-9]{0,17})(?:[/?#]|$)", link, re.ASCII)
        model = {"posts": Post, "threads": Thread}[named[1]] if named else None
        item = model.objects.filter(pk=int(named[2])).first() if named else None
        if item is None or not self.is_seen(item):
            raise forms.ValidationError("No post or thread that both of you can see is there.")
        return item

    @property
    def said(self) -> dict:
        data = self.cleaned_data
        return {"words": data["words"], "uuid": data["uuid"], "about": data["link"]}


class BookmarkForm(forms.ModelForm):
    class Meta:
        model = Bookmark
        fields = ["note"]
        labels = {"note": "Your note"}
        help_texts = {"note": "Nobody but you ever sees it."}
        widgets = {"note": forms.Textarea(attrs={"rows": 3, "autofocus": True})}
        error_messages = {
            "note": {"max_length": "This is longer than 1,000 characters. Please shorten it."},
        }


class WithinForm(forms.Form):
    """Words to look for in one's own list."""

    q = forms.CharField(
        label="Find in your bookmarks",
        max_length=200,
        required=False,
        error_messages={"max_length": "Look for fewer than 200 characters."},
    )


class LevelForm(forms.Form):
    """How closely to follow a space."""

    level = forms.ChoiceField(choices=Level.choices)


class ThreadLevelForm(forms.Form):
    """How closely to follow a thread; nothing chosen follows it as its space."""

    level = forms.ChoiceField(choices=THREAD_LEVELS, required=False)


class SeenForm(forms.Form):
    """Which posts of a thread were on the screen."""

    first = forms.IntegerField(min_value=1, max_value=2_000_000_000)
    last = forms.IntegerField(min_value=1, max_value=2_000_000_000)
    ago = forms.IntegerField(min_value=0, max_value=A_MONTH, required=False)

    def seen_at(self):
        """When they were seen, if that is told late."""
        ago = self.cleaned_data.get("ago")
        return timezone.now() - timedelta(seconds=ago) if ago else None


class SweepForm(forms.Form):
    """What to mark as read: one thread, one space or everything, as it was at a moment."""

    thread = forms.IntegerField(min_value=1, max_value=2**62, required=False)
    space = forms.SlugField(max_length=60, required=False)
    until = forms.IntegerField(min_value=0, max_value=2**42, required=False)

    def moment(self):
        """The moment at which the page was made, given in milliseconds; none to come."""
        until = self.cleaned_data["until"]
        return min(datetime.fromtimestamp(until / 1000, UTC), timezone.now()) if until else timezone.now()


class JoinRequestForm(forms.ModelForm):
    class Meta:
        model = JoinRequest
        fields = ["words"]
        labels = {"words": "A few words for the moderators"}
        widgets = {"words": forms.Textarea(attrs={"rows": 3})}


class ReportForm(forms.ModelForm):
    category = forms.ChoiceField(
        choices=Category.choices,
        widget=forms.RadioSelect,
        label="What is wrong?",
        error_messages={"required": "Choose what fits best."},
    )

    class Meta:
        model = Report
        fields = ["category", "words"]
        labels = {"words": "Anything that helps to understand it"}
        widgets = {"words": forms.Textarea(attrs={"rows": 4})}
        error_messages = {
            "words": {"max_length": "This is longer than 2,000 characters. Please shorten it."},
        }


class ReasonForm(forms.Form):
    """Why a moderator decides so."""

    reason = forms.CharField(
        label="Your reason",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": "Give a reason. It is part of the decision.",
            "max_length": "This is longer than 1,000 characters. Please shorten it.",
        },
    )


class NumbersField(forms.TypedMultipleChoiceField):
    """Numbers of posts; whether they are there is for whoever decides to find out."""

    def __init__(self, **options):
        super().__init__(coerce=int, widget=forms.CheckboxSelectMultiple, **options)

    def valid_value(self, value):
        return value.isascii() and value.isdecimal() and len(value) < 10

    def validate(self, value):
        super().validate(value)
        if len(value) > SPLIT_AT_MOST:
            sentence = f"Tick {SPLIT_AT_MOST:,} posts at most, or choose one post and everything after it."
            raise forms.ValidationError(sentence)


class SplitForm(TitleForm, ReasonForm):
    """Which posts become a thread of their own, and what it is called."""

    extent = forms.ChoiceField(
        label="Which posts?",
        choices=[("onward", "One post and everything after it"), ("ticked", "The posts that I tick")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose which posts."},
    )
    start = forms.IntegerField(
        label="From post number",
        required=False,
        min_value=2,
        max_value=2_000_000_000,
        error_messages={"min_value": "The first post stays: it opens the thread."},
    )
    numbers = NumbersField(label="Posts of this thread", required=False)
    field_order = ["extent", "start", "numbers", "title", "kind", "reason"]

    def __init__(self, *args, posts, **options):
        super().__init__(*args, **options)
        self.fields["numbers"].choices = posts

    def clean(self):
        typed = super().clean()
        wanted, other = ("numbers", "start") if typed.pop("extent", "") == "ticked" else ("start", "numbers")
        typed.pop(other, None)
        if not (typed.get(wanted) or self.errors):
            said = "Tick at least one post." if wanted == "numbers" else "Write the number of the post."
            self.add_error(wanted, said)
        return typed


class ThreadField(forms.ModelChoiceField):
    """One of some threads, told apart by their spaces and sizes."""

    def label_from_instance(self, thread):
        posts = "1 post" if thread.shown_count == 1 else f"{thread.shown_count:,} posts"
        return f"{thread.title} ({posts}, in {thread.space})"


class MergeForm(ReasonForm):
    """The thread that another becomes part of, and why."""

    into = ThreadField(
        Thread.objects.none(),
        label="Merge it into",
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "Choose a thread.", "invalid_choice": "Choose a thread from the list."},
    )
    field_order = ["into", "reason"]

    def __init__(self, *args, threads, **options):
        super().__init__(*args, **options)
        self.fields["into"].queryset = threads


class MoveForm(ReasonForm):
    """Where a thread goes, and why."""

    to = forms.ModelChoiceField(
        Space.objects.none(),
        label="Move it to",
        empty_label="Choose a space",
        error_messages={"required": "Choose a space.", "invalid_choice": "Choose a space from the list."},
    )
    field_order = ["to", "reason"]

    def __init__(self, *args, spaces, **options):
        super().__init__(*args, **options)
        self.fields["to"].queryset = spaces


class NoticesForm(forms.Form):
    """Where to be told of each kind of notice; what is left out stays as it was."""

    notices = forms.TypedChoiceField(
        label="May we e-mail you about notices?",
        choices=[("on", "Yes, about those chosen below"), ("off", "No, about none")],
        coerce=lambda value: value == "on",
        widget=forms.RadioSelect,
        required=False,
        help_text="Ten minutes after, in one e-mail, and only what you have not seen on the site by then.",
    )

    def __init__(self, *args, mine: MailPreferences, moderates: bool, **kwargs):
        super().__init__(*args, initial={"notices": "on" if mine.notices else "off"}, **kwargs)
        self.fields["notices"].empty_value = mine.notices
        for kind, channel in NoticeChoice.objects.of(mine.leader).items():
            if moderates or kind not in FOR_MODERATORS:
                self._offer(kind, channel)

    @property
    def channels(self) -> dict[str, str]:
        """Where to tell of each kind that was on the page."""
        return {name: value for name, value in self.cleaned_data.items() if name in NoticeKind.values}

    def _offer(self, kind: str, channel: str) -> None:
        choices = [choice for choice in Channel.choices if choice[0] != Channel.OFF or kind not in NEVER_OFF]
        self.fields[kind] = forms.TypedChoiceField(
            label=OF_WHAT[kind], choices=choices, initial=channel, required=False, empty_value=channel
        )
