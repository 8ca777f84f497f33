"""The styles of e-mails stand in their elements, for programs that drop style sheets."""

import re

import pytest
from django.template.loader import render_to_string

from leaders import styles


def test_each_element_has_the_rules_of_its_name_then_those_of_its_classes():
    assert styles.inline("<h1>A</h1>") == (
        '<h1 style="margin: 0 0 16px; font-size: 24px; line-height: 1.3">A</h1>'
    )
    small = styles.inline('<p class="small">A</p>')
    assert small == '<p class="small" style="margin: 0 0 8px">A</p>'
    assert "color: #ffffff; display" in styles.inline('<a class="button" href="/">A</a>')


@pytest.mark.parametrize(
    "html", ["<b>1 &lt; 2</b>", '<p style="margin: 0">A</p>', "a < b > c", '<td class="unknown">', "</p>", ""]
)
def test_what_has_no_rule_or_its_own_style_stays(html):
    assert styles.inline(html) == html


def test_no_rule_asks_for_more_than_a_name_or_a_class():
    """An element does not know in which others it will stand."""
    for selector, declarations in styles._rules():
        assert re.fullmatch(r"\.?[a-z][a-z0-9-]*", selector), selector
        assert declarations


@pytest.mark.parametrize("template", ["account", "digest", "notices"])
def test_every_letter_has_them(template):
    html = render_to_string(
        f"mail/{template}.html", {"paragraphs": ["A"], "site_url": "https://x"}, using="jinja2"
    )
    assert re.search(r'<body style="margin: 0; [^"]*Segoe UI', html)
    assert html.count("style=") > 8
    assert "@media (prefers-color-scheme: dark)" in html
    sheet = html.partition("<style>")[2].partition("</style>")[0]
    assert "font-family" not in sheet


def test_a_link_in_a_security_mail_has_its_colour():
    words = {"paragraphs": ["See https://example.org/ please"], "site_url": "https://x"}
    html = styles.inline(render_to_string("mail/account.html", words, using="jinja2"))
    assert re.search(r'<a href="https://example.org/"[^>]* style="color: #0b5c63"', html)
    assert html.count("<body style=") == 1
