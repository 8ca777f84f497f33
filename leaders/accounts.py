"""How allauth makes an account of ours, and dresses its mail."""

import css_inline
from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.template.loader import render_to_string

BEFORE_SIGNATURE = "\n\nCollaborate\n"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts by e-mail; the public name and handle come with the last step of joining."""

    def save_user(self, request, user, form, commit=True):
        user = super().save_user(request, user, form, commit=False)
        user.email = user.email.lower()
        user.handle = user.handle or type(user).objects.free_handle("leader")
        if commit:
            user.save()
        return user

    def render_mail(self, template_prefix, email, context, headers=None):
        message = super().render_mail(template_prefix, email, context, headers)
        words = message.body.partition(BEFORE_SIGNATURE)[0]
        html = render_to_string(
            "mail/account.html",
            {
                "subject": message.subject,
                "paragraphs": [paragraph.strip() for paragraph in words.split("\n\n")],
                "code": context.get("code"),
                "site_url": settings.SITE_URL,
            },
        )
        message.attach_alternative(css_inline.inline(html, keep_style_tags=True), "text/html")
        return message
