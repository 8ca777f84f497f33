"""The header of every page, and how things are called there."""

import pytest

from collaborate.templatetags.shell import device
from tests.making import make_thread


def test_a_thread_is_among_the_spaces(browse, ana, space):
    page = browse(ana).get(make_thread(space, ana).get_absolute_url(), follow=True).content.decode()
    assert 'href="/spaces/" aria-current="page">Spaces</a>' in page


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8", "A browser"),
    ],
)
def test_a_browser_is_called_by_its_name(user_agent, name):
    assert device(user_agent) == name
