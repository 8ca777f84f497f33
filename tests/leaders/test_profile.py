"""What leaders tell of themselves, and who sees it."""

import io
import re
import struct
import zlib

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from leaders import photos, profiles
from leaders.models import Collaborative, Leader, Organisation, Shown, StageRecord
from leaders.models.account import PROFILE_FIELDS

PROFILE = "/settings/profile/"
FIELDS = ["name", "sort_name", *(field for field in PROFILE_FIELDS), "region", "time_zone", "visibility"]


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def form_of(leader, **typed) -> dict:
    """The profile form as the page shows it, with some fields typed anew."""
    shown = {f"show_{field}": leader.visibility.get(field, "leaders") for field in PROFILE_FIELDS}
    return {"name": leader.name, "time_zone": "Europe/London", "shows_presence": "on", **shown, **typed}


def picture(form="JPEG", size=(900, 600), **options) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, form, **options)
    return SimpleUploadedFile(f"me.{form.lower()}", out.getvalue())


def tell(browse, leader, **typed):
    answer = browse(leader).post(PROFILE, form_of(leader, **typed))
    leader.refresh_from_db()
    return answer


def test_ana_tells_of_herself(browse, ana, ben):
    nhs = Collaborative.objects.create(name="Moorland Collaborative", region="north_west")
    Organisation.objects.create(name="Moor Practice", collaborative=nhs, region="north_west")
    answer = tell(
        browse,
        ana,
        name="Ana Brook",
        role="Clinical director",
        profession="gp",
        organisation="moor practice",
        ask_me_about="Starting small.\nThen growing.",
        working_on="Access on Mondays",
        time_zone="Europe/Lisbon",
    )
    assert answer["Location"] == PROFILE
    page = browse(ben).get("/leaders/ana/").content.decode()
    for words in ("Clinical director", "GP", "Moor Practice", "Moorland Collaborative", "North West"):
        assert words in page
    assert "Starting small.\nThen growing." in page
    assert "Access on Mondays" in page
    assert "ana@example.org" not in page
    assert ana.time_zone == "Europe/Lisbon"


def test_new_name_is_found_under_its_new_letter(browse, ana):
    tell(browse, ana, name="Zoë Brook")
    assert ana.sort_name == "zoe brook"
    assert ana.handle == "ana"


def test_each_field_is_seen_by_whom_ana_chose(browse, ana, ben, cleo):
    tell(
        browse, ana, role="Lead for frailty", working_on="Falls", show_role="cohort", show_working_on="nobody"
    )
    mine, bens, cleos = (browse(who).get("/leaders/ana/").content.decode() for who in (ana, ben, cleo))
    assert "Lead for frailty" in mine
    assert "Falls" in mine
    assert "Lead for frailty" in bens
    assert "Falls" not in bens
    assert "Lead for frailty" not in cleos
    assert "Falls" not in cleos


@pytest.mark.parametrize("field", PROFILE_FIELDS)
@pytest.mark.parametrize("shown", [*Shown.values, "nonsense", None])
def test_pages_and_filters_agree_on_who_sees_what(ana, ben, cleo, field, shown):
    ana.visibility = {**ana.visibility, field: shown}
    if shown is None:
        del ana.visibility[field]
    ana.save()
    for viewer in (ana, ben, cleo):
        [profile] = profiles.seen_by(viewer, [ana])
        found = Leader.objects.showing(field, to=viewer).filter(pk=ana.pk).exists()
        assert (field in profile.shown) is found


def test_stage_comes_with_its_history_and_hides_with_it(browse, ana, ben, finn):
    StageRecord.objects.create(leader=ana, stage="emergent", reason="Led the flu clinic", by=finn)
    StageRecord.objects.create(leader=ana, stage="current", reason="Took over the network", by=finn)
    page = browse(ben).get("/leaders/ana/").content.decode()
    assert page.index("Took over the network") < page.index("Led the flu clinic")
    tell(browse, ana, show_stage="nobody")
    page = browse(ben).get("/leaders/ana/").content.decode()
    assert "Led the flu clinic" not in page
    assert "Current leader" not in page


def test_nobody_chooses_their_own_stage(browse, ana):
    tell(browse, ana, stage="future", is_staff="on", is_faculty="on", handle="boss", email="x@example.org")
    assert (ana.stage, ana.is_staff, ana.is_faculty, ana.handle) == ("current", False, False, "ana")
    assert ana.email == "ana@example.org"


def test_cohorts_are_shown_only_in_common(browse, ana, ben, cleo):
    assert "North 2026" in browse(ben).get("/leaders/ana/").content.decode()
    assert "North 2026" not in browse(cleo).get("/leaders/ana/").content.decode()


def test_unknown_and_unfinished_people_are_the_same_404(browse, ana):
    Leader.objects.create_user("new@example.org", name="Not Yet", handle="not-yet")
    answers = [browse(ana).get(f"/leaders/{handle}/") for handle in ("nobody", "not-yet")]
    assert [answer.status_code for answer in answers] == [404, 404]
    pages = [re.sub(r'value="\w{64}"', "", answer.content.decode()) for answer in answers]
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "Enter your name."),
        ("name", "\x00", "characters that cannot be shown"),
        ("role", "x" * 121, "at most 120"),
        ("profession", "king", "Select a valid choice."),
        ("organisation", "x" * 161, "at most 160"),
        ("region", "moon", "Select a valid choice."),
        ("ask_me_about", "x" * 601, "at most 600"),
        ("working_on", "a\x00b", "Null characters"),
        ("time_zone", "Nowhere", "Select a valid choice."),
        ("show_role", "everybody", "Select a valid choice."),
        ("show_photo", "", "This field is required."),
    ],
)
def test_bad_input_changes_nothing_and_keeps_the_text(browse, ana, field, typed, sentence):
    before = Leader.objects.values(*FIELDS).get(pk=ana.pk)
    kept = {"name": "Ana Changed", "ask_me_about": "Kept words", field: typed}
    answer = tell(browse, ana, **kept)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "Ana Changed" in answer.content.decode() or "Kept words" in answer.content.decode()
    assert Leader.objects.values(*FIELDS).get(pk=ana.pk) == before


def test_only_ana_changes_what_ana_tells(ana, ben):
    with pytest.raises(PermissionDenied, match="only your own profile"):
        profiles.change(ana, by=ben, visibility={}, organisation="", name="Ha")
    with pytest.raises(PermissionDenied, match="only your own profile"):
        profiles.change_photo(ana, None, by=ben)


def test_photo_becomes_a_small_square_without_what_the_camera_wrote(browse, ana, ben):
    exif = Image.Exif()
    exif[0x010E] = "CANARY at 51.5, -0.1"
    tell(browse, ana, photo=picture(exif=exif, comment=b"CANARY"))
    address = profiles.photo_address(ana)
    answer = browse(ben).get(address)
    stored = b"".join(answer.streaming_content)
    with Image.open(io.BytesIO(stored)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("WEBP", (400, 400), {})
    assert b"CANARY" not in stored
    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"].startswith("private, max-age=31536000")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert address in browse(ben).get("/leaders/ana/").content.decode().replace("&amp;", "&")


def test_photo_is_seen_by_whom_ana_chose(browse, ana, ben, cleo, client):
    tell(browse, ana, photo=picture(), show_photo="cohort")
    address = profiles.photo_address(ana)
    assert b"".join(browse(ben).get(address).streaming_content)
    assert browse(cleo).get(address).status_code == 404
    assert "/photo/" not in browse(cleo).get("/leaders/ana/").content.decode()
    assert profiles.photos(cleo, [ana, None]) == {}
    assert profiles.photos(ben, [ana, None]) == {ana.pk: address}
    client.logout()
    assert client.get(address).status_code == 302
    assert client.get(f"/media/{ana.photo.name}").status_code in (302, 404)


@pytest.mark.django_db(transaction=True)
def test_new_photo_has_a_new_address_and_the_old_file_is_gone(browse, ana):
    tell(browse, ana, photo=picture())
    old, address = ana.photo.path, profiles.photo_address(ana)
    tell(browse, ana, photo=picture("PNG"))
    assert profiles.photo_address(ana) != address
    assert not ana.photo.storage.exists(old)
    assert ana.photo.storage.exists(ana.photo.path)


@pytest.mark.django_db(transaction=True)
def test_ana_takes_her_photo_away(browse, ana, client):
    tell(browse, ana, photo=picture("WEBP"))
    path, address = ana.photo.path, profiles.photo_address(ana)
    assert client.get("/settings/photo/remove/").status_code == 405
    browse(ana).post("/settings/photo/remove/")
    ana.refresh_from_db()
    assert not ana.photo
    assert not Leader._meta.get_field("photo").storage.exists(path)
    assert browse(ana).get(address).status_code == 404


def test_photo_whose_file_is_lost_is_404(browse, ana):
    Leader.objects.filter(pk=ana.pk).update(photo="photos/gone.webp")
    assert browse(ana).get("/leaders/ana/photo/").status_code == 404


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"x") + chunk(b"IEND", b"")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("me.png", SVG, photos.NOT_A_PHOTO),
        ("me.jpg", b"", photos.NOT_A_PHOTO),
        ("me.jpg", b"MZ\x90\x00 a programme", photos.NOT_A_PHOTO),
        ("me.jpg", picture().read()[:400], photos.NOT_A_PHOTO),
        ("me.png", bomb(30_000, 2_000), photos.TOO_LARGE),
        ("me.png", bomb(10_000, 10_000), photos.TOO_LARGE),
        ("me.png", bomb(60_000, 60_000), photos.TOO_LARGE),
        ("me.png", bomb(100, 100), photos.NOT_A_PHOTO),
        ("me.gif", picture("GIF").read(), photos.NOT_A_PHOTO),
        ("me.jpg", picture().read() + b"\0" * photos.BYTES_AT_MOST, photos.TOO_LARGE),
    ],
    ids=["svg", "empty", "programme", "cut off", "60 MP", "100 MP", "3600 MP", "no pixels", "gif", "6 MB"],
)
def test_what_is_no_photo_is_refused_beside_the_field(browse, ana, name, content, sentence):
    answer = tell(browse, ana, ask_me_about="Kept words", photo=SimpleUploadedFile(name, content))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "Kept words" in page
    assert not ana.photo
    assert ana.ask_me_about == ""


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "1", "LA", "CMYK", "I;16"])
def test_every_kind_of_pixel_is_understood_or_refused(mode):
    out = io.BytesIO()
    Image.new(mode, (40, 30)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    made = photos.recode(SimpleUploadedFile("me.png", out.getvalue()), square=True)
    with Image.open(made) as image:
        assert image.size == (400, 400)
