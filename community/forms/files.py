"""The shape of an image or a document that is sent."""

import re

from django import forms

from community.forms.words import UUIDField

# What a file input offers: phones turn pictures of their own format into JPEG for it.
ACCEPT = "image/jpeg,image/png,image/webp,image/gif,.pdf,.txt,.csv,.docx,.xlsx,.pptx,.odt,.ods,.odp"


class UploadForm(forms.Form):
    """One file, and what it shows."""

    file = forms.FileField(
        label="The file",
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        error_messages={
            "required": "Choose a file.",
            "missing": "Choose a file.",
            "invalid": "Choose a file.",
            "empty": "This file is empty.",
        },
    )
    alt = forms.CharField(
        label="What does the image show?",
        max_length=300,
        required=False,
        error_messages={"max_length": "This is longer than 300 characters. Please shorten it."},
    )
    uuid = UUIDField()

    def clean_alt(self):
        return re.sub(r"[\[\]\\\s]+", " ", self.cleaned_data["alt"]).strip()
