"""The shape of what people tell of themselves."""

import unicodedata
from functools import cache

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.core.exceptions import ValidationError

from leaders import photos
from leaders.models import (
    PROFILE_FIELDS,
    DigestFrequency,
    HouseRules,
    Leader,
    Profession,
    Region,
    Shown,
)
from leaders.models.zones import time_zones

UNWANTED = {"Cc", "Cf", "Co", "Cs"}
JOINERS = "\u200c\u200d"
LONG_TEXT = 600


def plain_line(value: str) -> str:
    """One line with single spaces; ValidationError if it holds characters that nobody can see."""
    value = " ".join(value.split())
    if any(unicodedata.category(char) in UNWANTED and char not in JOINERS for char in value):
        raise ValidationError("This contains characters that cannot be shown. Please type it again.")
    return value


class LineField(forms.CharField):
    """A line of text as people see it."""

    def to_python(self, value):
        return plain_line(super().to_python(value))


class NameField(LineField):
    """The name that others see; it needs a letter."""

    def __init__(self, **options):
        attrs = {"autocomplete": "name"}
        super().__init__(max_length=120, widget=forms.TextInput(attrs), **options)
        self.error_messages["required"] = "Enter your name."

    def clean(self, value):
        name = super().clean(value)
        if not any(char.isalpha() for char in name):
            raise ValidationError("Enter a name with at least one letter.")
        return name


class OrganisationField(LineField):
    """An organisation, typed; the page offers the known ones."""

    def __init__(self, **options):
        attrs = {"list": "organisations", "autocomplete": "organization"}
        super().__init__(max_length=160, widget=forms.TextInput(attrs), **options)


@cache
def zone_choices() -> tuple[tuple[str, str], ...]:
    """Places whose clocks differ, London first."""
    places = sorted(zone for zone in time_zones() if "/" in zone and not zone.startswith("Etc/"))
    places = ["Europe/London", *(zone for zone in places if zone != "Europe/London"), "UTC"]
    return tuple((zone, zone.replace("_", " ")) for zone in places)


class JoinForm(forms.Form):
    name = NameField(label="Your name", help_text="As colleagues know you. Every leader can see it.")
    role = LineField(
        label="What is your role?",
        max_length=120,
        help_text="For example: lead for partnerships, practice nurse, clinical director.",
        error_messages={"required": "Enter your role, in your own words."},
    )
    organisation = OrganisationField(
        label="Where do you work?",
        help_text="The name of your practice, network, trust or other organisation.",
        error_messages={"required": "Enter where you work."},
    )
    profession = forms.ChoiceField(
        label="What is your profession?",
        choices=[("", "Choose one"), *Profession.choices],
        error_messages={"required": "Choose your profession."},
    )
    digest = forms.ChoiceField(
        label="May we e-mail you what you have not seen?",
        choices=[
            (DigestFrequency.WEEKLY, "Yes, once a week"),
            (DigestFrequency.DAILY, "Yes, every day"),
            (DigestFrequency.OFF, "No, never"),
        ],
        widget=forms.RadioSelect,
        help_text="A digest of new posts in your spaces. Every one has a link that stops it at once.",
        error_messages={"required": "Choose whether you want the digest. “No” is fine."},
    )
    time_zone = forms.ChoiceField(
        label="Your time zone",
        choices=zone_choices,
        initial="Europe/London",
        help_text="So that times and the digest suit your day.",
    )
    rules = forms.IntegerField(widget=forms.HiddenInput)
    accept = forms.BooleanField(
        label="I accept the house rules",
        error_messages={"required": "Please accept the house rules. They keep this place safe."},
    )

    def __init__(self, *args, in_force: HouseRules, **kwargs):
        super().__init__(*args, **kwargs)
        self.in_force = in_force
        self.fields["rules"].initial = in_force.version
        self.fields["time_zone"].widget.attrs["data-guess-time-zone"] = not self.is_bound

    def clean(self):
        return refuse_other_version(self)


class RulesForm(forms.Form):
    rules = forms.IntegerField(widget=forms.HiddenInput)
    accept = JoinForm.base_fields["accept"]

    def __init__(self, *args, in_force: HouseRules, **kwargs):
        super().__init__(*args, **kwargs)
        self.in_force = in_force
        self.fields["rules"].initial = in_force.version

    def clean(self):
        return refuse_other_version(self)


def refuse_other_version(form) -> dict:
    """One accepts the version that one was shown, and no other."""
    if form.cleaned_data.get("rules") != form.in_force.version:
        form.data = {**form.data.dict(), "rules": form.in_force.version}
        form.add_error("accept", "The house rules have changed meanwhile. Please read them again.")
    return form.cleaned_data


class ProfileForm(forms.Form):
    name = NameField(label="Name", help_text="Every leader can see your name.")
    photo = forms.FileField(
        label="Photo",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
        help_text="JPEG, PNG or WebP, at most 5 MB. We keep a small square of it and nothing else.",
    )
    role = LineField(label="Role", max_length=120, required=False)
    profession = forms.ChoiceField(
        label="Profession", required=False, choices=[("", "Not said"), *Profession.choices]
    )
    organisation = OrganisationField(label="Organisation", required=False)
    region = forms.ChoiceField(
        label="Region",
        required=False,
        choices=[("", "That of my organisation"), *Region.choices],
        help_text="Shown together with your organisation.",
    )
    ask_me_about = forms.CharField(
        label="Ask me about",
        required=False,
        max_length=LONG_TEXT,
        widget=forms.Textarea({"rows": 3}),
        help_text="What you know well and gladly share.",
    )
    working_on = forms.CharField(
        label="Working on",
        required=False,
        max_length=LONG_TEXT,
        widget=forms.Textarea({"rows": 3}),
        help_text="What you are trying to change, or would like company with.",
    )
    time_zone = forms.ChoiceField(label="Time zone", choices=zone_choices)
    shows_presence = forms.BooleanField(
        label="Show others in a chat room that I am there",
        required=False,
        help_text="There is no “last seen” anywhere, with or without this.",
    )

    def __init__(self, *args, leader: Leader, **kwargs):
        told = {name: getattr(leader, name) for name in self.base_fields if hasattr(leader, name)}
        initial = {**told, "organisation": leader.workplace, "photo": None}
        super().__init__(*args, initial=initial, **kwargs)
        for field in PROFILE_FIELDS:
            self.fields[f"show_{field}"] = forms.ChoiceField(
                label=f"Who may see: {field.replace('_', ' ')}",
                choices=Shown.choices,
                initial=leader.visibility.get(field, Shown.LEADERS),
            )

    def clean_photo(self):
        """The picture made ready, or None."""
        upload = self.cleaned_data["photo"]
        return photos.recode(upload, square=True) if upload else None

    def told(self) -> dict:
        """What the verb `profiles.change` takes."""
        data = dict(self.cleaned_data)
        data.pop("photo")
        visibility = {field: data.pop(f"show_{field}") for field in PROFILE_FIELDS}
        return {**data, "visibility": visibility}


class PasskeyForm(AddWebAuthnForm):
    """A passkey opens the door by itself, unless somebody wants it as a second step only."""

    passwordless = forms.BooleanField(
        label="Sign in with this passkey alone",
        required=False,
        initial=True,
        help_text="Without it, the passkey is a second step after a password or a code.",
    )
