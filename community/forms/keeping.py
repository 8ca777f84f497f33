"""The shape of thanks, kind words and bookmarks."""

import re

from django import forms

from community.forms.words import UUIDField
from community.models import (
    Bookmark,
    Post,
    Thanks,
    Thread,
)
from leaders.marks import upright


class ThanksForm(forms.ModelForm):
    class Meta:
        model = Thanks
        fields = ["words"]
        labels = {"words": "A few words of why"}
        widgets = {"words": forms.TextInput(attrs={"autofocus": True})}
        error_messages = {
            "words": {"max_length": "This is longer than 200 characters. Please shorten it."},
        }

    def clean_words(self):
        """Others' thanks stand on the same line."""
        return upright(self.cleaned_data["words"])


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
