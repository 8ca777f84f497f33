"""The shape of what was read, and of what one wants to hear."""

from datetime import UTC, datetime, timedelta

from django import forms
from django.utils import timezone

from community.models import (
    THREAD_LEVELS,
    Channel,
    Level,
    NoticeChoice,
    NoticeKind,
)
from community.models.channels import NEVER_OFF, OF_WHAT
from community.models.notices import FOR_MODERATORS
from leaders.models import MailPreferences

OLDEST, LATEST = 2000, 2100
NO_DAY = "Write the day like 2026-11-01."
A_MONTH = 31 * 24 * 60 * 60


class LevelForm(forms.Form):
    """How closely to follow a space."""

    level = forms.ChoiceField(choices=Level.choices)


class ThreadLevelForm(forms.Form):
    """How closely to follow a thread; nothing chosen follows it as its space."""

    level = forms.ChoiceField(choices=THREAD_LEVELS, required=False)


class DayForm(forms.Form):
    """A day of a chat."""

    on = forms.DateField(
        label="Go to a day",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choose a day.", "invalid": NO_DAY},
    )

    def clean_on(self):
        day = self.cleaned_data["on"]
        if not OLDEST <= day.year <= LATEST:
            raise forms.ValidationError(NO_DAY)
        return day


class StretchForm(forms.Form):
    """Where to begin in a list of threads."""

    before = forms.DateField(
        label="Go to threads in which nobody wrote since",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": NO_DAY},
    )

    def clean_before(self):
        if (day := self.cleaned_data["before"]) and not OLDEST <= day.year <= LATEST:
            raise forms.ValidationError(NO_DAY)
        return day


class MarkForm(forms.Form):
    """How far a chat was read."""

    number = forms.IntegerField(min_value=1, max_value=2_000_000_000)


class SeenForm(forms.Form):
    """Which posts of a thread were on the screen."""

    first = forms.IntegerField(min_value=1, max_value=2_000_000_000)
    last = forms.IntegerField(min_value=1, max_value=2_000_000_000)
    ago = forms.IntegerField(min_value=0, max_value=A_MONTH, required=False)

    def seen_at(self):
        """When they were seen, if that is told late."""
        ago = self.cleaned_data.get("ago")
        return timezone.now() - timedelta(seconds=ago) if ago else None


class VisitsForm(forms.Form):
    """Notices of which a page showed what they tell of."""

    notices = forms.RegexField(r"\A[0-9]{1,18}(,[0-9]{1,18}){0,199}\Z", max_length=4_000)

    def clean_notices(self) -> list[int]:
        """Their keys."""
        return [int(key) for key in self.cleaned_data["notices"].split(",")]


class SweepForm(forms.Form):
    """What to mark as read: one thread, one space or everything, as it was at a moment."""

    thread = forms.IntegerField(min_value=1, max_value=2**62, required=False)
    space = forms.SlugField(max_length=60, required=False)
    until = forms.IntegerField(min_value=0, max_value=2**42, required=False)

    def moment(self):
        """The moment at which the page was made, given in milliseconds; none to come."""
        until = self.cleaned_data["until"]
        return min(datetime.fromtimestamp(until / 1000, UTC), timezone.now()) if until else timezone.now()


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
