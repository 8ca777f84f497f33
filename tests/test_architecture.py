"""The rules of the house, held by a machine: who may knock at which door, and how the rooms hang together."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client

from community.routing import websocket_urlpatterns
from tests import doors, looks

ROOT = Path(settings.BASE_DIR)


def test_the_layers_hold():
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_fragment_asks_for_the_request():
    fragments = [path for path in (ROOT / "templates").rglob("_*.html") if "django" not in path.parts]
    assert len(fragments) > 10
    asking = [path.name for path in fragments if re.search(r"{[{%][^}]*\brequest\b", path.read_text())]
    assert asking == []


def test_no_template_has_inline_code_or_style():
    """The Content-Security-Policy would silently break it."""
    inline = re.compile(
        r"<style|\sstyle=|\son\w+=\"|<script(?![^>]*\ssrc=)(?![^>]*application/json)", re.IGNORECASE
    )
    pages = [path for path in (ROOT / "templates").rglob("*.html") if not {"mail", "email"} & set(path.parts)]
    assert [str(path) for path in pages if inline.search(path.read_text())] == []


def test_no_test_sleeps():
    """A test waits for a condition; a fixed pause is a guess."""
    sleeping = []
    for path in (ROOT / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if called.endswith(("sleep", "wait_for_timeout")):
                sleeping.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert sleeping == []


def knock(scene, pattern: str, who: str | None) -> int:
    """What a stranger or one of the cast is answered; a door that takes only POST is knocked by POST."""
    address = doors.address(scene, pattern)
    client = Client()
    if who:
        client.force_login(scene["cast"][who])
    answer = client.get(address)
    if answer.status_code == 405:
        answer = client.post(address)
    if answer.streaming:
        answer.getvalue()
    if answer.status_code == 302 and answer.url.startswith(("/accounts/login/", "/admin/login/")):
        return 401
    return 200 if answer.status_code in (204, 302, 409, 422) else answer.status_code


EXPECTED = {
    doors.PUBLIC: {None: {200}, "ana": {200}, "eli": {200, 403}},
    doors.OWN: {None: {401}},
    doors.LEADER: {None: {401}, "ana": {200}, "cleo": {200}, "dara": {200}, "finn": {200}, "eli": {403}},
    doors.MEMBER: {None: {401}, "ben": {200}, "cleo": {404}, "finn": {404}, "eli": {403}},
    doors.AUTHOR: {None: {401}, "ana": {200}, "ben": {403, 404}, "cleo": {404}, "finn": {404}, "eli": {403}},
    doors.MODERATOR: {None: {401}, "dara": {200}, "ana": {403}, "ben": {403}, "cleo": {404}, "finn": {404}},
    doors.FACULTY: {None: {401}, "dara": {200}, "ana": {403}, "cleo": {403}, "finn": {403}},
}

# Where the scene has nothing behind the door: no such letter, token, photo, request, answer or sealed space.
EMPTY = {
    "unsubscribe": {None: {404}, "ana": {404}},
    "end_host_line": {None: {401}, "dara": {404}, "ana": {403}, "cleo": {404}, "finn": {404}},
    "report_line": {None: {401}, "ana": {404}, "cleo": {404}, "eli": {403}},
    "less_mail": {None: {404}, "ana": {404}},
    "mute_by_letter": {None: {404}, "ana": {404}},
    "mailbox_message": {None: {404}, "ana": {404}},
    "mailbox_html": {None: {404}, "ana": {404}},
    "faculty_photo": {None: {404}, "ana": {404}},
    "preview": {None: {401}, "ana": {404}, "cleo": {404}, "eli": {403}},
    "leader_photo": {None: {401}, "ana": {404}, "eli": {403}},
    "accept_terms": {None: {401}, "ben": {403}, "cleo": {404}, "eli": {403}},
    "ask_to_join": {None: {401}, "ben": {404}, "cleo": {404}, "eli": {403}},
    "mark_answer": {None: {401}, "ana": {403}, "dara": {403}, "cleo": {404}, "eli": {403}},
    "unmark_answer": {None: {401}, "ana": {403}, "dara": {403}, "cleo": {404}, "eli": {403}},
    "withdraw": {None: {401}, "ana": {403}, "ben": {404}, "dara": {404}, "cleo": {404}, "eli": {403}},
    "desk_request": {None: {401}, "dara": {404}, "ana": {403}, "finn": {403}},
    "remove_attachment": {None: {401}, "ana": {403}, "ben": {403}, "cleo": {404}, "eli": {403}},
    "lift_suspension": {None: {401}, "dara": {404}, "ana": {403}, "finn": {403}},
}


def test_every_address_is_classified():
    assert {name for name, _ in doors.our_doors()} == set(doors.DOORS)


@pytest.mark.parametrize(("name", "pattern"), doors.our_doors())
def test_every_door_opens_for_those_it_is_for(name, pattern, scene):
    allowed = EMPTY.get(name) or EXPECTED[doors.DOORS[name]]
    for who, answers in allowed.items():
        assert knock(scene, pattern, who) in answers, f"{who or 'a stranger'} at {name}"


def test_every_page_is_looked_at_or_it_is_said_why_not(scene):
    looked_at = looks.looked_at()
    unseen = {name for name, pattern in doors.our_doors() if name not in looked_at and _opens(scene, pattern)}
    assert unseen == set(looks.NOT_LOOKED_AT)


def _opens(scene, pattern: str) -> bool:
    """Whether an address answers those who only look."""
    client = Client()
    client.force_login(scene["cast"]["dara"])
    answer = client.get(doors.address(scene, pattern))
    if answer.streaming:
        answer.getvalue()
    return answer.status_code != 405


@pytest.mark.parametrize(
    "address", ["/admin/", "/admin/leaders/leader/", "/admin/leaders/cohort/", "/admin/community/space/"]
)
def test_the_administration_is_for_admins(scene, address):
    pattern = address.removeprefix("/")
    assert knock(scene, pattern, "finn") == 200
    for who in (None, "ana", "cleo", "dara", "eli"):
        assert knock(scene, pattern, who) in (401, 403), who


def test_nothing_that_was_said_is_in_the_administration():
    private = {
        "thread",
        "post",
        "message",
        "revision",
        "report",
        "case",
        "notice",
        "reading",
        "errand",
        "draft",
        "aside",
        "bookmark",
        "thanks",
        "welldone",
        "unheard",
        "formertitle",
        "mention",
        "sweep",
    }
    assert private.isdisjoint(model._meta.model_name for model in admin.site._registry)


def test_every_consumer_is_known():
    """The second one closes whatever knocks anywhere else."""
    assert [str(route.pattern) for route in websocket_urlpatterns] == ["ws/", ""]
