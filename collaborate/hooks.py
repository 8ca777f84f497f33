"""Where a mail service reports what became of letters and hands in what people answer, by django-anymail."""

import logging

from anymail.exceptions import AnymailConfigurationError, AnymailWebhookValidationFailure
from anymail.signals import inbound, tracking
from anymail.urls import urlpatterns as known
from anymail.webhooks.base import AnymailCoreWebhookView
from django.core.exceptions import ImproperlyConfigured
from django.dispatch import receiver
from django.http import HttpResponseBadRequest
from django.urls import include, path
from django.urls.resolvers import URLPattern

from community.inbound import postman
from community.mail import returns
from leaders.answers import without_words

log = logging.getLogger(__name__)


def addresses(services: list[str]) -> list:
    """The addresses for these services, such as /anymail/postmark/tracking/; none without a service."""
    found = [pattern for service in services for pattern in _of(service)]
    return [path("anymail/", include((found, "anymail")))] if found else []


class Unreadable(Exception):
    """Signed, and yet not to be read."""


class Readable(AnymailCoreWebhookView):
    """Answers 400 to what is signed and yet not to be read, and reads nothing that is not signed."""

    def post(self, request, *args, **kwargs):
        try:
            return super().post(request, *args, **kwargs)
        except (AnymailWebhookValidationFailure, Unreadable) as error:
            # One line in the log: anybody may knock here, and a traceback would tell nothing more.
            log.warning("a message at %s was refused: %s", request.path, error)
            return HttpResponseBadRequest()

    def parse_events(self, request):
        # Signed by now: a reply with a photo is longer than a form may be. The middleware has its own limit.
        if request.content_type == "application/json" and not hasattr(request, "_body"):
            request._body = request.read()
        try:
            return super().parse_events(request)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise Unreadable("This is not a message of a mail service.") from error
        except AnymailConfigurationError as error:
            log.error("a mail service reports to the wrong address: %s", error)
            raise Unreadable("This belongs at another address of ours.") from error


@receiver(tracking, dispatch_uid="returns")
def hear(sender, event, **others):
    """What became of a letter, after the mail service had taken it."""
    returns.hear(
        event.event_type,
        names=[(event.metadata or {}).get("letter"), event.message_id],
        address=event.recipient or "",
        reason=event.reject_reason or "",
        words=without_words(event.mta_response or event.description or ""),
    )


@receiver(inbound, dispatch_uid="postman")
def take(sender, event, **others):
    """A message that somebody sent to us, as the mail service hands it in."""
    message = event.message
    named = [message.envelope_recipient, *(each.addr_spec for each in [*message.to, *message.cc])]
    postman.take_handed(message, to=[address for address in named if address])


def _of(service: str) -> list[URLPattern]:
    names = (f"{service}_tracking_webhook", f"{service}_inbound_webhook", f"{service}_webhook")
    chosen = [each for each in known if each.name in names]
    if not chosen:
        raise ImproperlyConfigured(f"django-anymail knows no mail service “{service}”: see MAIL_SERVICES.")
    return [_readable(each) for each in chosen]


def _readable(pattern: URLPattern) -> URLPattern:
    view = pattern.callback.view_class
    view = type(view.__name__, (Readable, view), {})
    view()  # a missing key of the service is told at the start, not to the service
    return URLPattern(pattern.pattern, view.as_view(), name=pattern.name)
