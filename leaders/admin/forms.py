"""What the administration pages ask for, beside the fields of a row."""

from django import forms
from django.contrib.admin.widgets import AdminDateWidget, AdminTextareaWidget
from django.core.exceptions import ValidationError

from leaders.models import Cohort, CohortRole, Leader, Stage
from leaders.models.cohorts import today
from leaders.sheets import MAX_BYTES


class Reasoned(forms.Form):
    reason = forms.CharField(
        max_length=300, widget=forms.TextInput(attrs={"class": "vTextField"}), help_text="It is kept."
    )


class AddToCohort(Reasoned):
    to = forms.ModelChoiceField(Cohort.objects.none(), label="Cohort")
    role = forms.ChoiceField(choices=CohortRole, initial=CohortRole.MEMBER)
    starts_on = forms.DateField(label="From", widget=AdminDateWidget, initial=today)
    ends_on = forms.DateField(
        label="To", widget=AdminDateWidget, required=False, help_text="From this day on, it no longer counts."
    )
    field_order = ["to", "role", "starts_on", "ends_on", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = Cohort.objects.current()


class EndMembership(Reasoned):
    on = forms.DateField(
        label="Ends on",
        widget=AdminDateWidget,
        initial=today,
        help_text="From this day on, it no longer counts. Today closes the cohort's spaces at once.",
    )
    field_order = ["on", "reason"]


class ChangeStage(Reasoned):
    to = forms.ChoiceField(label="Stage", choices=Stage)
    evidence = forms.CharField(
        widget=AdminTextareaWidget, required=False, max_length=4000, help_text="What shows it, if anything."
    )
    field_order = ["to", "reason", "evidence"]


class UploadLeaders(forms.Form):
    file = forms.FileField(
        label="CSV file",
        max_length=200,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
        help_text="At most 2 MB and 5,000 rows, in UTF-8.",
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError("The file is larger than 2 MB.")
        return file


class LeaderForm(forms.ModelForm):
    """An account as admins look after it."""

    class Meta:
        model = Leader
        fields = "__all__"  # noqa: DJ007 - the fieldsets of the page decide

    def __init__(self, *args, by: Leader, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by

    def clean(self):
        values = super().clean()
        if values.get("suspended_until") and not values.get("suspension_reason", "").strip():
            self.add_error("suspension_reason", "Say why. The leader is shown this sentence.")
        if self.instance.pk == self.by.pk:
            self._keep_oneself_in(values)
        return values

    def _keep_oneself_in(self, values) -> None:
        if values.get("suspended_until"):
            self.add_error("suspended_until", "You cannot suspend yourself.")
        for name in ("is_active", "is_staff", "is_superuser"):
            if name in self.changed_data and not values[name]:
                self.add_error(name, "You cannot take this away from yourself.")
