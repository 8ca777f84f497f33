"""The shape of what one says about conversations."""

from django import forms

from community.forms.words import MessageField, UUIDField

NAMES_AT_MOST = 600  # letters


class PeopleField(forms.CharField):
    """People, as names or short names; `find` says who is meant, and which words mean nobody."""

    find = None

    def __init__(self, **options):
        errors = {
            "required": "Choose somebody to talk with.",
            "max_length": "These are too many names. A conversation has at most 8 people.",
        }
        super().__init__(
            max_length=NAMES_AT_MOST,
            widget=forms.Textarea(attrs={"rows": 1, "autocomplete": "off"}),
            error_messages=errors,
            **options,
        )

    def widget_attrs(self, widget):
        """Without the maxlength by which a browser cuts words off silently."""
        return {}

    def clean(self, value):
        people, unknown = self.find(super().clean(value))
        if unknown:
            names = " or ".join(f"“{word[:60]}”" for word in unknown[:3])
            sentence = "Write the whole name, or the short name after the @ that is on their page."
            raise forms.ValidationError(f"Nobody, or more than one person, is called {names}. {sentence}")
        if not people:
            raise forms.ValidationError(self.error_messages["required"])
        return people


class WithPeople(forms.Form):
    """A form that asks for people; `find` as above."""

    def __init__(self, *args, find, **options):
        super().__init__(*args, **options)
        self.fields["to"].find = find


class BeginForm(WithPeople):
    to = PeopleField(label="With")
    body = MessageField(label="Your first message")
    uuid = UUIDField()


class AddForm(WithPeople):
    to = PeopleField(label="Whom do you want to add?")

    def clean_to(self):
        people = self.cleaned_data["to"]
        if len(people) > 1:
            raise forms.ValidationError("Add one person at a time.")
        return people


class LeaveForm(forms.Form):
    how = forms.ChoiceField(
        label="How?",
        choices=[
            ("leave", "Leave"),
            ("keep_out", "Leave, and let nobody who is in it begin a conversation with me again"),
        ],
        initial="leave",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the two.", "invalid_choice": "Choose one of the two."},
    )


class NobodyNewForm(forms.Form):
    who = forms.ChoiceField(
        label="Who may begin a conversation with me, or add me to one?",
        choices=[
            ("everybody", "Every leader who can see me"),
            ("nobody", "Nobody new: the conversations I am in go on, and I can begin others"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the two.", "invalid_choice": "Choose one of the two."},
    )
