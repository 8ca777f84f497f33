"""Odd input at every door: refused or neutral, never a 500, nothing half-written."""

import re
import uuid as uuids

import pytest
from django.test import Client

from collaborate.handler import Request
from community.models import Attachment, Message, Post, Thread
from leaders.models import Leader
from tests import doors

FIELDS = [
    "body", "uuid", "title", "kind", "words", "category", "reason", "to", "verb", "length", "date",
    "level", "first", "last", "version", "name", "role", "profession", "organisation", "region",
    "time_zone", "digest", "digest_weekday", "digest_hour", "rules", "accept", "show_stage",
    "author", "space", "number", "page", "show", "q", "quote", "before", "stage", "collaborative",
    "next", "preview", "login", "password", "email", "code", "credential", "leader", "cohort",
    "cohorts", "memberships-TOTAL_FORMS", "memberships-INITIAL_FORMS", "memberships-0-leader",
    "memberships-0-id", "memberships-2-TOTAL_FORMS", "memberships-2-0-leader", "action",
    "_selected_action", "note", "post", "link", "select_across", "sure", "file", "alt",
    "reply_to", "base", "turn", "aside", "choice", "how", "who", "on", "from",
    "about", "host", "day", "starts", "ends", "minutes",
]  # fmt: skip
HUGE = "9" * 5_000
VALUES = ["", "a\x00b", "-1", HUGE, "9" * 25, "x" * 30_000, '{"id": 1}', "//evil.example"]
QUERIES = [
    "?page=-1&show=x&quote=x&before=-1&q=%ff%fe&first=a&last=&space=%ff&stage=x&collaborative=x&next=x&on=x&from=-1",
    f"?page={HUGE}&quote={HUGE}&before={HUGE}&q={HUGE}&first={HUGE}&last={HUGE}&collaborative={HUGE}&next={HUGE}",
    "?page=٣&quote=²&before=²&q=%22%22-|%26!():*&name=%CC%81&next=//evil.example&collaborative=0&a[b][c]=1&;;&==&%",
]
BODIES = [
    ("application/json", b'{"body": "x", "uuid": 1}'),
    ("application/x-www-form-urlencoded", b"body=%ff%fe&reason=%C3%28&words=%ED%A0%80&title=%ff%ff%ff%ff"),
    ("application/x-www-form-urlencoded; charset=unicode_escape", b"body=\\ud800"),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=x", b"".join(
        b'--x\r\nContent-Disposition: form-data; name="%s"; filename="a"\r\n\r\nx\r\n' % field.encode()
        for field in FIELDS
    ) + b"--x--\r\n"),
]  # fmt: skip
WRITTEN = (Thread, Post, Message, Leader, Attachment)


def knocks():
    """Every address of ours, and those of the libraries with nothing in them; and who gets far there."""
    for name, pattern in doors.every_door():
        if name in doors.DOORS or ("<" not in pattern and "(" not in pattern and "static" not in pattern):
            by_dara = doors.DOORS.get(name) in (doors.MODERATOR, doors.FACULTY)
            who = "finn" if pattern.startswith("admin/") else "dara" if by_dara else "ana"
            yield pytest.param(pattern, who, id=name)


@pytest.fixture(autouse=True)
def as_served(monkeypatch):
    monkeypatch.setattr("django.test.client.WSGIRequest", Request)
    # Nobody looks at the contexts of templates here. To copy them takes a third of the time of long forms.
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *_, **__: None)


def odd_knocks(client, address):
    """What was sent, and the status of each answer."""
    for query in QUERIES:
        yield f"GET {query[:40]}", status(client.get(address + query))
    for value in VALUES:
        yield f"POST {value[:20]!r}", client.post(address, dict.fromkeys(FIELDS, value)).status_code
    for kind, body in BODIES:
        yield f"{kind} {body[:20]}", client.generic("POST", address, body, kind).status_code
    for method in ("HEAD", "OPTIONS", "ODD"):
        yield method, status(client.generic(method, address))


def status(answer) -> int:
    """The status, once a file has been handed out to its end."""
    if answer.streaming:
        answer.getvalue()
    return answer.status_code


@pytest.mark.parametrize(("pattern", "who"), list(knocks()))
def test_no_odd_input_breaks_a_door(scene, pattern, who):
    client = Client(raise_request_exception=False)
    client.force_login(scene["cast"][who])
    before = [model.objects.count() for model in WRITTEN]
    broken = [sent for sent, code in odd_knocks(client, doors.address(scene, pattern)) if code >= 500]
    assert broken == []
    assert [model.objects.count() for model in WRITTEN] == before


@pytest.mark.parametrize("number", [2**31, 2**63, 10**25])
def test_an_address_can_name_any_number(scene, number):
    client = Client(raise_request_exception=False)
    client.force_login(scene["cast"]["ben"])
    words = {"body": "I tried it.", "uuid": str(uuids.uuid4()), "seen": 1, "title": "Rotas", "version": 1}
    patterns = [pattern for name, pattern in doors.every_door() if name in doors.DOORS and "<int:" in pattern]
    broken = []
    for pattern in patterns:
        address = "/" + re.sub(r"<[^>]+>", "reply", re.sub(r"<int:\w+>", str(number), pattern))
        for answer in (client.get(address), client.post(address, words)):
            if answer.status_code >= 500:
                broken.append(address)
    assert patterns
    assert broken == []
