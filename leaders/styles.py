"""The styles of e-mails, put into the elements when a template is loaded: mail programs drop style sheets."""

import re
from functools import lru_cache
from html import escape

from django.conf import settings
from jinja2.ext import Extension

SHEET = settings.BASE_DIR / "templates" / "mail" / "_styles.css"

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_ELEMENT = re.compile(r"<([a-z][a-z0-9]*)((?:\s[^<>]*)?)>")
_CLASSES = re.compile(r'\sclass="([^"{]*)"')
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


class Styled(Extension):
    """Templates of e-mails have their styles in their elements before anybody is written to."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return inline(source) if name and name.startswith("mail/") and name.endswith(".html") else source


def inline(html: str) -> str:
    """The same HTML with the styles of each element in it; elements that have some keep them."""
    return _ELEMENT.sub(_with_style, html)


def _with_style(element: re.Match) -> str:
    name, attributes = element.groups()
    found = _CLASSES.search(attributes)
    style = _style(name, found[1] if found else "")
    if not style or " style=" in attributes:
        return element[0]
    return f'<{name}{attributes} style="{style}">'


@lru_cache
def _style(name: str, classes: str) -> str:
    """What holds for an element: the rule of its name, then those of its classes as the sheet has them."""
    holds = {name, *(f".{each}" for each in classes.split())}
    declared = {}
    for selector, declarations in sorted(_rules(), key=lambda rule: rule[0].startswith(".")):
        if selector in holds:
            declared |= declarations
    return escape("; ".join(f"{key}: {value}" for key, value in declared.items()))


@lru_cache
def _rules() -> list[tuple[str, dict[str, str]]]:
    """Names and classes with their declarations."""
    sheet = _COMMENT.sub("", SHEET.read_text())
    return [
        (selector.strip(), _declarations(words))
        for selectors, words in _RULE.findall(sheet)
        for selector in selectors.split(",")
    ]


def _declarations(words: str) -> dict[str, str]:
    pairs = (each.partition(":") for each in words.split(";") if each.strip())
    return {key.strip(): value.strip() for key, _, value in pairs}
