"""The shape of what leaders choose of e-mails."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from leaders.forms import zone_choices
from leaders.models import DigestFrequency, MailPreferences, Weekday

HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


class MailForm(forms.Form):
    """Whether a leader wants the digest, and when."""

    digest = forms.ChoiceField(
        label="How often may we e-mail you what you have not seen?",
        choices=[
            (DigestFrequency.WEEKLY, "Once a week"),
            (DigestFrequency.DAYS, "On the days chosen below"),
            (DigestFrequency.DAILY, "Every day"),
            (DigestFrequency.OFF, "Never"),
        ],
        widget=forms.RadioSelect,
        help_text="Only when there is something new. Every digest has a link that stops it at once.",
        error_messages={"required": "Choose how often. “Never” is fine."},
    )
    digest_weekday = forms.TypedChoiceField(
        label="Day of the week", choices=Weekday.choices, coerce=int, help_text="For the weekly digest."
    )
    digest_days = forms.TypedMultipleChoiceField(
        label="Days",
        choices=Weekday.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="For the digest on chosen days.",
    )
    digest_hour = forms.TypedChoiceField(label="Hour", choices=HOURS, coerce=int)
    time_zone = forms.ChoiceField(
        label="Time zone",
        choices=zone_choices,
        required=False,
        help_text="For the hour, quiet hours and leave, and for the times on all pages.",
    )

    away_until = forms.DateField(
        label="Away until",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="On leave, or unwell? Nothing is sent before this day, and the first digest is short.",
        error_messages={"invalid": "Write a date such as 2026-12-24."},
    )

    quiet_from = forms.TypedChoiceField(
        label="Quiet hours from",
        choices=[("", "No quiet hours"), *HOURS],
        coerce=int,
        empty_value=None,
        required=False,
        help_text="In quiet hours no e-mail leaves and no number on your open pages rises. What waits is "
        "looked at again when they end.",
    )
    quiet_until = forms.TypedChoiceField(
        label="Quiet hours until",
        choices=[("", "No quiet hours"), *HOURS],
        coerce=int,
        empty_value=None,
        required=False,
    )

    WHEN = (
        "digest",
        "digest_weekday",
        "digest_days",
        "digest_hour",
        "away_until",
        "quiet_from",
        "quiet_until",
    )

    def __init__(self, *args, mine: MailPreferences, **kwargs):
        initial = {name: getattr(mine, name) for name in self.WHEN}
        zone = mine.leader.time_zone if mine.leader.has_known_zone else ""
        super().__init__(*args, initial={**initial, "time_zone": zone}, **kwargs)
        self._leave = mine.away_until
        if (
            zone
        ):  # a page of before has no such field, and a zone that vanished must not keep one from stopping
            self.fields["time_zone"].required = not self.is_bound or "time_zone" in self.data
        else:
            self.fields["time_zone"].choices = [("", "Choose one"), *zone_choices()]

    def clean_away_until(self):
        until = self.cleaned_data["away_until"]
        today = timezone.localdate()
        if until and until > today + timedelta(days=366):
            raise forms.ValidationError("Choose a day within a year.")
        # Leave that is over stays on the page, and is no reason to refuse what else is changed there.
        if until and until < today and until != self._leave:
            raise forms.ValidationError("That day has passed. Choose a later one, or leave it empty.")
        return until

    def clean(self):
        chosen = super().clean()
        if chosen.get("digest") == DigestFrequency.DAYS and not chosen.get("digest_days", [0]):
            self.add_error("digest_days", "Choose at least one day.")
        self._refuse_half_quiet(chosen)
        return chosen

    def _refuse_half_quiet(self, chosen: dict) -> None:
        """Quiet hours have a beginning and an end, and a digest does not come in them."""
        start, end = chosen.get("quiet_from"), chosen.get("quiet_until")
        if (start is None) != (end is None):
            missing = "quiet_until" if end is None else "quiet_from"
            self.add_error(missing, "Choose both hours, or none.")
        elif start is not None and start == end:
            self.add_error("quiet_until", "Choose another hour than the first one.")
        elif (
            chosen.get("digest") != DigestFrequency.OFF
            and MailPreferences(quiet_from=start, quiet_until=end).is_quiet_at(chosen.get("digest_hour", -1))
            and "digest_hour" in chosen
        ):
            self.add_error("digest_hour", "This hour is one of your quiet hours. Choose another one.")
