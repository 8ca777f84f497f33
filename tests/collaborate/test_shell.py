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


def refused(browse, leader, thread, came_from) -> str:
    """The page that somebody sees who presses what is not theirs to press."""
    answer = browse(leader).post(f"/threads/{thread.pk}/rename/", headers={"Referer": came_from})
    assert answer.status_code == 403
    return answer.content.decode()


def test_a_refusal_leads_back_to_the_page_on_which_one_pressed(browse, ana, ben, space):
    thread = make_thread(space, ana)
    page = refused(browse, ben, thread, f"http://testserver/threads/{thread.pk}/?page=1")
    assert f'<a href="/threads/{thread.pk}/?page=1">Go back to the page you were on</a>' in page


@pytest.mark.parametrize(
    "elsewhere",
    [
        "",
        "https://evil.example/threads/1/",
        "javascript:alert(1)",
        "http://testserver//evil.example/",
        "http://[",
    ],
)
def test_a_refusal_leads_to_no_other_site(browse, ana, ben, space, elsewhere):
    assert "Go back to the page" not in refused(browse, ben, make_thread(space, ana), elsewhere)
