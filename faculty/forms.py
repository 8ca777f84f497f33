"""The shape of what is typed at the desk."""

from datetime import datetime, time, timedelta

from django import forms
from django.utils import timezone

from community.forms import ReasonForm

LENGTHS = [("1", "1 day"), ("7", "7 days"), ("30", "30 days"), ("date", "Until a date")]
LONGEST = timedelta(days=366)


class CaseForm(ReasonForm):
    """What to do about a case, and why."""

    verb = forms.ChoiceField(
        label="What do you decide?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what to do.", "invalid_choice": "That is not possible any more."},
    )
    length = forms.ChoiceField(
        label="If you suspend: for how long?", choices=[("", "Choose"), *LENGTHS], required=False
    )
    date = forms.DateField(
        label="If until a date: which?",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "Write a date, such as 2026-12-24."},
    )
    field_order = ["verb", "length", "date", "reason"]

    def __init__(self, *args, verbs, **options):
        super().__init__(*args, **options)
        self.fields["verb"].choices = verbs
        if "suspend" not in dict(verbs):
            del self.fields["length"], self.fields["date"]

    def clean(self):
        typed = super().clean()
        if typed.get("verb") == "suspend":
            typed["until"] = self._until(typed.get("length"), typed.get("date"))
        return typed

    def _until(self, length: str | None, date) -> datetime | None:
        now = timezone.now()
        if not length:
            return self.add_error("length", "Choose for how long.")
        if length != "date":
            return now + timedelta(days=int(length))
        if date is None:
            return None if self.has_error("date") else self.add_error("date", "Write the date.")
        until = timezone.make_aware(datetime.combine(date, time.min))
        if not now < until <= now + LONGEST:
            return self.add_error("date", "Choose a day from tomorrow on, within a year.")
        return until


class AnswerForm(ReasonForm):
    """The answer to a request to join, and why."""

    verb = forms.ChoiceField(
        label="Your answer",
        choices=[("admit", "Let them in"), ("decline", "Not now")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose an answer."},
    )
    reason = forms.CharField(
        label="Your reason",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Give a reason. They are told.",
            "max_length": "This is longer than 300 characters. Please shorten it.",
        },
    )
    field_order = ["verb", "reason"]
