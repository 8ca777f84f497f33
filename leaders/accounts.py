"""How allauth makes an account of ours."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Accounts by e-mail; the public name and handle come with the last step of joining."""

    def save_user(self, request, user, form, commit=True):
        user = super().save_user(request, user, form, commit=False)
        user.email = user.email.lower()
        user.handle = user.handle or type(user).objects.free_handle("leader")
        if commit:
            user.save()
        return user
