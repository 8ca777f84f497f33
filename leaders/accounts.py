"""How allauth makes an account of ours, and how its mail is dressed and leaves."""

import logging
import secrets
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib.sites.shortcuts import get_current_site
from django.db import IntegrityError, transaction
from django.shortcuts import redirect, render
from django.template.loader import render_to_string

from leaders import mail, styles
from leaders.live import rights_changed

log = logging.getLogger(__name__)

BEFORE_SIGNATURE = "\n\nCollaborate\n"
NEWCOMER = "new-"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts by e-mail; the public name and handle come with the last step of joining."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "That e-mail address and password do not belong together. Check both, "
        "or have a code sent to you.",
        "enter_current_password": "That is not your password.",
        "incorrect_password": "That is not your password.",
        "incorrect_code": "That is not the code. Check the newest e-mail from us.",
        "too_many_login_attempts": "Too many attempts. Wait a few minutes, or have a code sent to you.",
        "same_as_current": "That is your address already.",
        "rate_limited": "That was many times in a short while. Wait a few minutes.",
    }

    def save_user(self, request, user, form, commit=True):
        user = super().save_user(request, user, form, commit=False)
        user.email = user.email.lower()
        user.handle = user.handle or f"{NEWCOMER}{secrets.token_hex(8)}"
        if commit:
            self._save_once(user)
        return user

    @staticmethod
    def _save_once(user) -> None:
        """Of two sign-ups with one address at the same moment, the second is sent to sign in."""
        try:
            with transaction.atomic():
                user.save()
        except IntegrityError as error:
            raise ImmediateHttpResponse(redirect("account_login")) from error

    def logout(self, request):
        leader_id = request.user.pk
        super().logout(request)
        if leader_id:
            rights_changed(leader_id)

    def render_mail(self, template_prefix, email, context, headers=None):
        headers = {**mail.headers_of(uuid4()), **(headers or {})}
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
        message.attach_alternative(styles.inline(html), "text/html")
        return message

    def send_mail(self, template_prefix, email, context):
        context = {
            "request": self.request,
            "email": email,
            "current_site": get_current_site(self.request),
        } | context
        sent = mail.send_at_once(self.render_mail(template_prefix, email, context))
        if sent.outcome != mail.Outcome.SENT:
            log.warning("security mail did not leave: %s", sent.outcome)
            answer = render(self.request, "pages/mail_failed.html", status=503)
            raise ImmediateHttpResponse(answer)
