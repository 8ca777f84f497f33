"""The secret field of forms: taken by Django as its own, and never the same twice."""

import re

from django.conf import settings
from django.middleware.csrf import CSRF_TOKEN_LENGTH, _does_token_match
from django.test import Client

from collaborate import tokens

SECRET = "aZ09" * 8
FIELD = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


def test_what_is_masked_is_what_django_unmasks():
    seen = {tokens.masked(SECRET) for _ in range(200)}
    assert len(seen) == 200
    for token in seen:
        assert len(token) == CSRF_TOKEN_LENGTH
        assert _does_token_match(token, SECRET)
        assert not _does_token_match(token, SECRET[::-1])
        assert SECRET not in token


def test_each_letter_comes_up_in_masks():
    letters = "".join(tokens.masked(SECRET)[:32] for _ in range(200))
    assert set(letters) == set(tokens.LETTERS)
    assert max(map(letters.count, tokens.LETTERS)) < 3 * len(letters) / tokens.NUMBER


def test_a_form_is_taken_with_the_field_of_its_page_and_not_without(ana):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ana)
    first, second = (FIELD.findall(strict.get("/settings/").content.decode()) for _ in range(2))
    assert len(set(first)) == len(set(second)) == 1
    assert set(first) != set(second)
    assert strict.post("/accounts/logout/").status_code == 403
    assert strict.post("/accounts/logout/", {"csrfmiddlewaretoken": second[0]}).status_code == 302


def test_a_page_with_a_form_renews_the_cookie(ana):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ana)
    browser.get("/settings/")
    kept = browser.cookies[settings.CSRF_COOKIE_NAME].value
    again = browser.get("/settings/")
    assert again.cookies[settings.CSRF_COOKIE_NAME].value == kept
