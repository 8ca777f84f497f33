"""What arrives before any page is chosen: encodings, sizes, cookies, hosts; and what is logged."""

import logging

import pytest

from collaborate.handler import Request

PART = b'--x\r\nContent-Disposition: form-data; name="body"%s\r\n\r\nx\r\n--x--\r\n'


@pytest.fixture(autouse=True)
def as_served(monkeypatch):
    """Requests are read as the process reads them, not as Django's test client does."""
    monkeypatch.setattr("django.test.client.WSGIRequest", Request)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=x; charset=base64", PART % b""),
        ("multipart/form-data; boundary=x; charset=unicode_escape", PART % b""),
        ("application/x-www-form-urlencoded; charset=utf-16", b"body=x"),
        ("multipart/form-data; boundary=x", PART % b"; name*=nonsense''%41"),
        ("multipart/form-data; boundary=x", PART % b"; filename*=unicode_escape''%5Cud800"),
        ("multipart/form-data", b""),
        ("text/plain; name*=nonsense''x", b""),
        ("x; " * 5_000, b""),
    ],
)
def test_an_odd_kind_of_content_breaks_nothing(client, db, kind, body):
    for path in ("/", "/accounts/login/", "/preview/"):
        assert client.generic("POST", path, body, kind).status_code in (302, 400, 405, 422)
        assert client.generic("GET", path + "?q=%5Cud800", body, kind).status_code in (200, 302, 400)


def test_a_request_that_is_too_large_is_refused_unread(client, db):
    kind = "multipart/form-data; boundary=x"
    answer = client.generic("POST", "/accounts/login/", b"x", kind, CONTENT_LENGTH="6000001")
    assert answer.status_code == 400


def test_a_body_over_the_limit_or_with_too_many_fields_is_refused(browse, ana, commons, settings):
    too_long = b"body=" + b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    for body in (too_long, b"&".join(b"f%d=1" % n for n in range(2_100))):
        answer = browse(ana).generic(
            "POST", f"/preview/?space={commons.pk}", body, "application/x-www-form-urlencoded"
        )
        assert answer.status_code == 400
        assert "broken or too large" in answer.content.decode()
    assert browse(ana).get("/search/?" + "&".join(f"a{n}=1" for n in range(2_500))).status_code == 400


def test_a_cookie_with_nul_is_refused(client, db):
    assert client.get("/spaces/", headers={"Cookie": 'sessionid="abcdefgh\\000ijkl"'}).status_code == 400


@pytest.mark.parametrize("host", ["evil.example", "localhost:x", "a b", "[::", ""])
def test_another_host_is_refused(client, db, host):
    assert client.get("/", headers={"Host": host}).status_code == 400


def test_the_log_names_routes_and_no_words(browse, ana, caplog):
    with caplog.at_level(logging.INFO):
        browse(ana).get("/threads/999999/names-a-patient/")
        browse(ana).post("/search/?q=confided")
        browse(ana).get("/nowhere/whispered/")
    lines = "\n".join(str(record.msg) + record.getMessage() for record in caplog.records)
    assert "threads/<int:pk>" in lines
    for word in ("names-a-patient", "confided", "whispered"):
        assert word not in lines


def test_whoever_opens_the_address_of_a_button_sees_a_page(browse, ana):
    response = browse(ana).get("/preview/")
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert "nothing was changed" in response.content.decode()
