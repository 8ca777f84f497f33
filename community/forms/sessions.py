"""The shape of a session."""

from datetime import UTC, datetime, timedelta

from django import forms
from django.utils import timezone

from community.forms.conversations import PeopleField
from community.forms.words import TitleField, UUIDField
from community.models.sessions import LONGEST

FARTHEST = timedelta(days=366)


class SessionForm(forms.Form):
    """What it is about, and when, by the clock of its host; `find` says who is meant as the host."""

    title = TitleField(
        max_length=120,
        min_length=4,
        label="What is it called?",
        error_messages={"required": "Give it a title, so that others know what it is about."},
    )
    about = forms.CharField(
        max_length=1000,
        required=False,
        label="What is it about?",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "This is longer than 1,000 characters. Please shorten it."},
    )
    host = PeopleField(label="Who hosts it?")
    day = forms.DateField(
        label="Day",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choose a day.", "invalid": "This is not a day."},
    )
    starts = forms.TimeField(
        label="Starts at",
        widget=forms.TimeInput(attrs={"type": "time", "class": "nhsuk-input--width-5"}, format="%H:%M"),
        error_messages={"required": "Choose a time.", "invalid": "This is not a time, such as 18:30."},
    )
    ends = forms.TimeField(
        label="Ends at",
        widget=forms.TimeInput(attrs={"type": "time", "class": "nhsuk-input--width-5"}, format="%H:%M"),
        error_messages={"required": "Choose a time.", "invalid": "This is not a time, such as 19:30."},
    )
    uuid = UUIDField()

    def __init__(self, *args, find, begun_at=None, **options):
        super().__init__(*args, **options)
        self.fields["host"].find = find
        self.fields["host"].error_messages["required"] = "Say who hosts it."
        self.begun_at = begun_at

    def clean_host(self):
        people = self.cleaned_data["host"]
        if len(people) > 1:
            raise forms.ValidationError("A session has one host.")
        return people[0]

    def clean(self):
        typed = super().clean()
        if not {"host", "day", "starts", "ends"} <= typed.keys():
            return typed
        start, end = self._moment("starts"), self._moment("ends")
        if start and end:
            self._refuse_odd_times(start, end)
            typed["starts_at"], typed["ends_at"] = start, end
        return typed

    def _moment(self, name: str) -> datetime | None:
        zone = self.cleaned_data["host"].zone
        typed = datetime.combine(self.cleaned_data["day"], self.cleaned_data[name])
        try:
            moment = typed.replace(tzinfo=zone).astimezone(UTC)
            exists = moment.astimezone(zone).replace(tzinfo=None) == typed
        except OverflowError:
            exists = False
        if not exists:
            self.add_error(name, "There is no such time on that day: the clocks go forward. Choose another.")
            return None
        return moment

    def _refuse_odd_times(self, start: datetime, end: datetime) -> None:
        now = timezone.now()
        if end <= start:
            self.add_error("ends", "It must end after it starts, on the same day.")
        elif end - start > LONGEST:
            self.add_error("ends", "A session lasts eight hours at most.")
        elif end <= now or (start < now and start != self.begun_at):
            self.add_error("starts", "This is in the past. Choose a time to come.")
        elif start > now + FARTHEST:
            self.add_error("day", "This is more than a year away. Choose an earlier day.")


class ExtendForm(forms.Form):
    minutes = forms.TypedChoiceField(
        choices=[(15, "15 minutes"), (30, "30 minutes"), (60, "1 hour")], coerce=int
    )
