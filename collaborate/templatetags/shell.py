"""Our Jinja2 fragments inside the pages of Django's own engine: sign-in and administration."""

from django import template
from django.template import engines
from django.template.backends.utils import csrf_input_lazy
from django.utils.safestring import mark_safe

register = template.Library()

# Edge and Opera call themselves Chrome, and Chrome calls itself Safari: the order tells them apart.
BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox": "Firefox", "FxiOS": "Firefox"}
BROWSERS |= {"Chrome": "Chrome", "CriOS": "Chrome", "Safari": "Safari"}
MACHINES = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows"}
MACHINES |= {"Macintosh": "Mac", "CrOS": "Chromebook", "Linux": "Linux"}


@register.filter
def device(user_agent: str) -> str:
    """What somebody would call the browser: Chrome on Windows."""
    browser = next((name for sign, name in BROWSERS.items() if sign in user_agent), "A browser")
    machine = next((name for sign, name in MACHINES.items() if sign in user_agent), "")
    return f"{browser} on {machine}" if machine else browser


@register.simple_tag
def once(name: str, **facts) -> str:
    """A fragment that depends on these facts alone."""
    env = engines["jinja2"].env
    return env.globals["once"](env, name, **facts)


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
