"""Why words cannot stand as they are."""

from django.core.exceptions import PermissionDenied


class Unfit(PermissionDenied):
    """A text that cannot stand as it is; the sentence says what to change in it."""
