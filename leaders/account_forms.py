"""The forms of signing in and of one's account, in our words."""

from allauth.account import forms

ADVICE = "At least 10 characters, not a common password and not like your name. Three random words do well."
LABELS = {
    "login": "E-mail address",
    "email": "E-mail address",
    "code": "Code",
    "remember": "Keep me signed in on this device",
    "password": "Password",
    "oldpassword": "Your password now",
    "password1": "New password",
    "password2": "New password, once more",
}
MISSING = {
    "login": "Enter your e-mail address.",
    "email": "Enter an e-mail address.",
    "code": "Enter the code from the e-mail.",
    "password2": "Type the new password once more.",
}


class PlainWords:
    """Labels instead of placeholders, short hints, and sentences for what is missing."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name, field.label)
            field.error_messages["required"] = MISSING.get(name, "Enter a password.")
            if name in ("login", "email"):
                field.error_messages["invalid"] = "Enter an e-mail address like name@example.org."
        if "password1" in self.fields:
            self.fields["password1"].help_text = ADVICE


class LoginForm(PlainWords, forms.LoginForm):
    """Sign in with a password."""


class SignupForm(PlainWords, forms.SignupForm):
    """Join; the password is optional."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["password1"].label = "Password"
        self.fields["password1"].help_text = f"Leave it empty to sign in with a code each time. {ADVICE}"


class AddEmailForm(PlainWords, forms.AddEmailForm):
    """Another address to sign in with."""


class ChangePasswordForm(PlainWords, forms.ChangePasswordForm):
    """A new password for an old one."""


class SetPasswordForm(PlainWords, forms.SetPasswordForm):
    """A first password."""


class ResetPasswordForm(PlainWords, forms.ResetPasswordForm):
    """A code for somebody who forgot the password."""


class ResetPasswordKeyForm(PlainWords, forms.ResetPasswordKeyForm):
    """A new password for a forgotten one."""


class RequestLoginCodeForm(PlainWords, forms.RequestLoginCodeForm):
    """A code instead of a password."""


class ReauthenticateForm(PlainWords, forms.ReauthenticateForm):
    """The password once more, before something grave."""
