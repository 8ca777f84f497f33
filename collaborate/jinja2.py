"""The environment of our pages, fragments and e-mails."""

import re
from calendar import month_name
from datetime import datetime, timedelta
from functools import lru_cache

from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from jinja2 import ChainableUndefined, Environment, pass_environment
from jinja2.ext import Extension
from markupsafe import Markup

from collaborate import choices
from community import moulds, news, rows, well_done
from community.telling import visits
from leaders.profiles import public_photo
from leaders.styles import Styled

INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)
MONTHS = tuple(month_name)
MINUTE, HOUR, DAY, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=7)
UNITS = (DAY, "1\xa0day", "days"), (HOUR, "an hour", "hours"), (MINUTE, "a minute", "minutes")
WORD = re.compile(r"[-a-zA-Z0-9_]+")


def environment(**options) -> Environment:
    """Django's Jinja2 options, and the few words that our templates use."""
    options.update(undefined=ChainableUndefined, trim_blocks=True, lstrip_blocks=True)
    options["extensions"] = [*options.get("extensions", []), Unindented, Styled]
    env = Pages(autoescape=options.pop("autoescape", True), **options)
    env.globals.update(
        url=url,
        static=lru_cache(static),
        photo=public_photo,
        well_done=well_done.on_profile,
        visits_of_profile=visits.of_profile,
        now=timezone.now,
    )
    env.globals["once"] = once
    env.globals.update(post_html=moulds.cast, thread_rows=rows.cast, news=news.cast, options=choices.options)
    env.filters.update(ago=ago, day=day, moment=moment, clock=clock, hour=hour, iso=iso, epoch=epoch)
    return env


class Pages(Environment):
    """An environment whose words are all there before its first template is loaded."""

    def make_globals(self, given) -> dict:
        # A plain dictionary: Jinja goes through what a template knows for each include and import.
        return {**self.globals, **(given or {})}


class Unindented(Extension):
    """Our pages go out without the indentation of their templates: a twelfth of a page of posts."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return INDENTATION.sub("", source) if name and name.endswith(".html") else source


@pass_environment
@lru_cache(maxsize=1_000)
def once(env: Environment, name: str, **facts) -> Markup:
    """A fragment that is the same on every page with these facts, none of which is about a person."""
    return Markup(env.get_template(name).render(facts))  # noqa: S704 (a template of ours, which escapes)


def url(name: str, *args, **kwargs) -> str:
    """The address of a named page."""
    # A page of posts names more than a hundred, and Django takes its time for each.
    if not kwargs and (shape := _shape(name, tuple(map(_kind, args)))):
        return shape.format(*args)
    return reverse(name, args=args, kwargs=kwargs)


def _kind(arg) -> str:
    """What can stand for a part of an address: a number, a word that nobody has to quote, or nothing."""
    if type(arg) is int:
        return "number" if arg >= 0 else ""
    return "word" if isinstance(arg, str) and WORD.fullmatch(arg) else ""


@lru_cache(maxsize=1_000)
def _shape(name: str, kinds: tuple[str, ...]) -> str:
    """The address of a page with a place for each part of these kinds; nothing if it takes others."""
    parts = [10**15 + place if kind == "number" else f"word-{place}-here" for place, kind in enumerate(kinds)]
    try:
        address = reverse(name, args=parts) if all(kinds) else ""
    except NoReverseMatch:
        return ""
    address = address.replace("{", "{{").replace("}", "}}")
    for part in parts:
        address = address.replace(str(part), "{}")
    return address


def ago(value: datetime) -> str:
    """A time as people say it: 5 minutes ago, 3 days ago; after a week, the date."""
    age = timezone.now() - value
    if age < MINUTE:
        return "just now"
    if age >= WEEK:
        return day(value)
    unit, one, words = next(each for each in UNITS if age >= each[0])
    number = age // unit
    return f"{one} ago" if number == 1 else f"{number}\xa0{words} ago"


def day(value) -> str:
    """A date as 22 November 2026."""
    value = timezone.localtime(value) if isinstance(value, datetime) else value
    return f"{value.day} {MONTHS[value.month]} {value.year}"


def moment(value: datetime) -> str:
    """A time as 22 November 2026, 14:05, in the reader's zone."""
    return date_format(timezone.localtime(value), "j F Y, H:i")


def clock(value: datetime) -> str:
    """A time as 22 Nov, 14:05, for the many lines of a chat."""
    return date_format(timezone.localtime(value), "j M, H:i")


def epoch(value: datetime) -> int:
    """A time in milliseconds, for machines."""
    return int(value.timestamp() * 1000)


def hour(value: datetime) -> str:
    """The time of day in the reader's time zone: 17:20."""
    return timezone.localtime(value).strftime("%H:%M")


def iso(value: datetime) -> str:
    """A time for machines."""
    return value.isoformat()
