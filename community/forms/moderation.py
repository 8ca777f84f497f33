"""The shape of reports and decisions."""

from django import forms

from community.forms.words import TitleForm
from community.models import (
    Category,
    JoinRequest,
    Report,
    Space,
    Thread,
)

SPLIT_AT_MOST = 1_000


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
