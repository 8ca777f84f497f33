"""What every request passes, whoever it is from."""

import uuid

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django_prometheus.middleware import PrometheusAfterMiddleware
from django_prometheus.utils import Time
from django_structlog.middlewares import RequestMiddleware
from structlog.contextvars import bind_contextvars, clear_contextvars

from collaborate import entering
from collaborate.logs import route
from community.models import asking

UPLOADS = "/attachments/"


class Enter(AuthenticationMiddleware):
    """Says who is here, and asks in the same breath what every page needs to know about them."""

    def process_request(self, request):
        super().process_request(request)
        request.user = request._cached_user = entering.visitor(request)


class AskOnce:
    """Lets a page that changes nothing ask once what somebody may read; verbs ask each time."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        with asking.remembering(entering.known_of(getattr(request, "user", None))):
            return self.get_response(request)


class RefuseUnreadable:
    """Answers 400 to what could not be read as text, not be stored, or not be taken in one piece."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("The address contains a NUL byte.")
        if any("\x00" in value for value in request.COOKIES.values()):
            raise BadRequest("A cookie contains a NUL byte.")
        # Python knows encodings that make lone surrogates of bytes, and some that make no text at all.
        if request.content_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
            raise BadRequest("Only UTF-8 is read here.")
        if request.path.endswith(UPLOADS) and _length(request) > settings.UPLOAD_AT_MOST:
            return HttpResponse(render_to_string("413.html", using="jinja2"), status=413)
        if not request.path.endswith(UPLOADS) and _length(request) > settings.REQUEST_AT_MOST:
            raise BadRequest("The request is too large.")
        return self.get_response(request)


class ShowWrongMethod:
    """A page instead of an empty 405, for somebody who opens the address of a button."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            page = render(request, "405.html", status=405)
            page["Allow"] = response["Allow"]
            return page
        return response


class Policy(CSPMiddleware):
    """The Content-Security-Policy, built once, and anew only for a page that changes it."""

    plain = None

    def process_response(self, request, response):
        if hasattr(request, "_csp_nonce") or any(name.startswith("_csp") for name in vars(response)):
            return super().process_response(request, response)
        if self.plain is None:
            self.plain = super().process_response(request, response).headers.get(HEADER)
        elif HEADER not in response:
            response[HEADER] = self.plain
        return response


class Measure(PrometheusAfterMiddleware):
    """Figures for Prometheus, each found by its labels once."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._labelled = {}

    def process_request(self, request):
        # The library asks for two headers, and all of them are copied for that.
        self.label_metric(self.metrics.requests_by_method, request, method=self._method(request)).inc()
        self.label_metric(self.metrics.requests_body_bytes, request).observe(_length(request))
        request.prometheus_after_middleware_event = Time()

    def label_metric(self, metric, request, response=None, **labels):
        key = metric, *labels.values()
        if key not in self._labelled:
            self._labelled[key] = super().label_metric(metric, request, response, **labels)
        return self._labelled[key]


class Log(RequestMiddleware):
    """One line for each request that fails: its route, since addresses hold words of titles and searches."""

    def prepare(self, request):
        named = {"request_id": request.META.get("HTTP_X_REQUEST_ID") or str(uuid.uuid4())}
        if correlation := request.META.get("HTTP_X_CORRELATION_ID"):
            named["correlation_id"] = correlation
        bind_contextvars(**named, user_id=request.user.pk)

    def handle_response(self, request, response):
        # The lines of what went well would be made and thrown away.
        if (
            response.status_code < 400
            and not response.streaming
            and not hasattr(request, "_raised_exception")
        ):
            clear_contextvars()
        else:
            super().handle_response(request, response)

    @staticmethod
    def format_request(request) -> str:
        return f"{request.method} {route(request)}"


def _length(request) -> int:
    given = request.META.get("CONTENT_LENGTH") or "0"
    return int(given) if given.isascii() and given.isdigit() and len(given) < 20 else 0
