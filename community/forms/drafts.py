"""The shape of what is not sent yet."""

from django import forms

from community.forms.words import BaseField
from community.models import (
    ThreadKind,
)

DRAFT_AT_MOST = 240_000  # far more than a post: nothing that was typed or pasted may be lost


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
