"""Addresses in our pages are those that Django makes, only sooner."""

import pytest
from django.urls import NoReverseMatch, reverse

from collaborate.jinja2 import url


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("home", []),
        ("post", [7]),
        ("mark_unread", [7, 3]),
        ("thread", [7, "rotas-in-winter"]),
        ("chat", ["north"]),
        ("people", ["word-0-here"]),
        ("save_draft", ["reply", 7]),
        ("post", ["7"]),
    ],
)
def test_an_address_is_the_one_that_django_makes(name, parts):
    for _ in range(2):
        assert url(name, *parts) == reverse(name, args=parts)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("post", [-1]),
        ("post", ["north"]),
        ("chat", ["no such/space"]),
        ("chat", []),
    ],
)
def test_what_is_no_address_is_none_here_either(name, parts):
    with pytest.raises(NoReverseMatch):
        reverse(name, args=parts)
    with pytest.raises(NoReverseMatch):
        url(name, *parts)
