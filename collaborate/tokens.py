"""The secret field of forms: Django's, masked as Django does it in a twentieth of the time."""

import os

from django.middleware.csrf import CSRF_ALLOWED_CHARS, CSRF_SECRET_LENGTH, get_token

LETTERS, NUMBER = CSRF_ALLOWED_CHARS, len(CSRF_ALLOWED_CHARS)
EVEN = 256 - 256 % NUMBER  # bytes below it stand for each letter equally often


def field(request) -> str:
    """The hidden field for the forms of a page."""
    return f'<input type="hidden" name="csrfmiddlewaretoken" value="{_token(request)}">'


def _token(request) -> str:
    secret = request.META.get("CSRF_COOKIE")
    if secret is None:
        return get_token(request)
    request.META["CSRF_COOKIE_NEEDS_UPDATE"] = True  # as get_token does: who sees a form keeps the cookie
    return masked(secret)


def masked(secret: str) -> str:
    """The secret as no two pages show it, so that nobody guesses it by how well a page is compressed."""
    mask = _some_letters()
    hidden = ((LETTERS.index(letter) + number) % NUMBER for letter, number in zip(secret, mask, strict=True))
    return "".join(LETTERS[number] for number in (*mask, *hidden))


def _some_letters() -> list[int]:
    """As many letters, by their numbers, as a secret has: by chance, asked for at once."""
    found = [byte % NUMBER for byte in os.urandom(4 * CSRF_SECRET_LENGTH) if byte < EVEN]
    return found[:CSRF_SECRET_LENGTH]
