"""Our Jinja2 fragments inside the pages of Django's own engine: sign-in and administration."""

from django import template
from django.template import engines
from django.template.backends.utils import csrf_input_lazy
from django.utils.safestring import mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def jinja(context, name: str, **values) -> str:
    """A fragment such as `_header.html`, with the shell that the page already has."""
    request = context.get("request")
    shared = {
        "shell": context.get("shell"),
        "messages": context.get("messages"),
        "csrf_input": csrf_input_lazy(request) if request else "",
    }
    return mark_safe(engines["jinja2"].get_template(name).template.render(shared | values))
