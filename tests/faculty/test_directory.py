"""The public faculty directory: the file it came from, its pages, and how admins keep it."""

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from PIL import Image

from faculty.models import FacultyMember

FOUNDERS = Path(__file__).parents[2] / "faculty" / "data" / "founding_faculty.csv"
HEAD = "name,title,post,organisation,order\n"


def import_text(tmp_path, text: str | bytes) -> str:
    file = tmp_path / "people.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    said = io.StringIO()
    call_command("import_faculty", file, stdout=said)
    return said.getvalue()


def make_entry(name="Wren Alderkettle", slug="wren-alderkettle", **fields) -> FacultyMember:
    return FacultyMember.objects.create(name=name, slug=slug, **fields)


@pytest.fixture
def founders(db):
    call_command("import_faculty", FOUNDERS, stdout=io.StringIO())


def test_the_founding_faculty_are_fifteen_in_their_order(founders):
    entries = list(FacultyMember.objects.published())
    assert [entry.order for entry in entries] == list(range(1, 16))
    assert str(entries[0]) == "Dr Jonathan Serjeant"
    assert entries[0].post == "Clinical director; programme lead, NHS Alliance Accelerate"
    assert str(entries[-1]) == "Una Nicholson"


def test_importing_again_changes_nothing_not_even_what_an_admin_wrote(founders):
    FacultyMember.objects.filter(order=3).update(post="Curated since", biography="Curated.")
    before = list(FacultyMember.objects.order_by("pk").values())
    said = io.StringIO()
    call_command("import_faculty", FOUNDERS, stdout=said)
    assert said.getvalue().startswith("0 added, 15 there already")
    assert list(FacultyMember.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("Wren Alderkettle,Dr,Lead,Here,2\nNo Order,Dr,Lead,Here,soon\n", "Line 3: order:"),
        ("Wren Alderkettle,Dr,Lead,Here,2\n,Dr,Lead,Here,3\n", "Line 3: name:"),
        ("Too Few,Dr,2\n", "Line 2: 5 columns are needed, here are 3"),
        ('"Two\nLines",Dr,Lead,Here,2\nToo Few,Dr,2\n', "Line 4: 5 columns"),
        (
            "Wren Alderkettle,Dr,,,1\nWren  alderkettle,,,,2\n",
            "Line 3: Wren  alderkettle stands in this file",
        ),
        (f"{'Long ' * 40},Dr,Lead,Here,2\n", "Line 2: name:"),
        ('Wren Alderkettle,Dr,"Lead,Here,2\n', "Line 2: unexpected end of data"),
        ("Wren\0Alderkettle,Dr,Lead,Here,2\n", "Line 2: there is a NUL"),
        ("Wren Alderkettle,Dr,Lead,Here,-4\n", "Line 2: order:"),
    ],
)
def test_a_broken_line_is_named_and_nothing_is_written(db, tmp_path, broken, told):
    with pytest.raises(CommandError) as refusal:
        import_text(tmp_path, HEAD + broken)
    assert str(refusal.value).startswith(told)
    assert str(refusal.value).endswith("Nothing was written.")
    assert not FacultyMember.objects.exists()


def test_other_columns_or_other_bytes_are_refused(db, tmp_path):
    with pytest.raises(CommandError, match="Line 1: the columns must be name,title"):
        import_text(tmp_path, "name,order\nWren,1\n")
    with pytest.raises(CommandError, match="Line 1: the file is empty"):
        import_text(tmp_path, "")
    with pytest.raises(CommandError, match="Line 3: this is not UTF-8"):
        import_text(tmp_path, HEAD.encode() + b"Wren,Dr,Lead,Here,1\nCaf\xe9,Dr,Lead,Here,2\n")
    with pytest.raises(CommandError, match=r"nowhere\.csv cannot be read"):
        call_command("import_faculty", tmp_path / "nowhere.csv")
    assert not FacultyMember.objects.exists()


def test_two_names_never_share_an_address(db, tmp_path):
    make_entry()
    with pytest.raises(CommandError, match=r"/faculty/wren-alderkettle/ already: Wren Alderkettle"):
        import_text(tmp_path, HEAD + "Wrén Alderkettle,Dr,Lead,Here,1\n")
    assert FacultyMember.objects.count() == 1


def test_everybody_may_read_the_directory_in_its_order(founders, client):
    page = client.get("/faculty/").content.decode()
    assert page.index("Dr Jonathan Serjeant") < page.index("Sarah Wrixon") < page.index("Una Nicholson")
    assert client.get("/faculty/rebecca-rosen/").status_code == 200


def test_an_entry_shows_what_was_curated_and_no_markup(db, client):
    entry = make_entry(
        title="Dr",
        post="Chair",
        organisation="Alderkettle Together",
        biography="First part.\r\n\r\n<script>second</script>",
        expertise="mergers, meetings",
    )
    page = client.get(entry.get_absolute_url()).content.decode()
    for words in ("Dr Wren Alderkettle", "Chair", "Alderkettle Together", "<p>First part.</p>", "meetings"):
        assert words in page
    assert "<script>second" not in page


def test_an_entry_that_is_not_published_is_not_found(db, client):
    entry = make_entry(is_published=False)
    assert client.get(entry.get_absolute_url()).status_code == 404
    assert client.get("/faculty/nobody-of-that-name/").status_code == 404
    assert "Alderkettle" not in client.get("/faculty/").content.decode()


def test_the_pages_are_only_read(db, client):
    entry = make_entry()
    assert client.post("/faculty/").status_code == 405
    assert client.post(entry.get_absolute_url()).status_code == 405


def test_the_directory_asks_the_database_once_whatever_its_length(
    founders, client, django_assert_max_num_queries
):
    with django_assert_max_num_queries(1):
        client.get("/faculty/")


def photo(size=(1200, 900), form="JPEG") -> SimpleUploadedFile:
    target = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at a secret place"
    Image.new("RGB", size, "teal").save(target, form, exif=exif)
    return SimpleUploadedFile("me.jpg", target.getvalue(), "image/jpeg")


def admin_form(entry, **changes) -> dict:
    fields = ("title", "name", "slug", "post", "organisation", "biography", "expertise", "order")
    return {**{name: getattr(entry, name) for name in fields}, "is_published": "on", "leader": "", **changes}


@pytest.fixture
def admin(client, finn, settings):
    settings.DEMAND_SECOND_FACTOR = False
    client.force_login(finn)
    return client


def test_finn_gives_an_entry_a_photo_that_keeps_no_secret(admin, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    entry = make_entry()
    page = reverse("admin:faculty_facultymember_change", args=[entry.pk])
    assert admin.post(page, admin_form(entry, photo=photo())).status_code == 302
    admin.logout()
    answer = admin.get(f"{entry.get_absolute_url()}photo/")
    picture = b"".join(answer.streaming_content)
    assert answer["Content-Type"] == "image/webp"
    assert max(Image.open(io.BytesIO(picture)).size) == 640
    assert b"secret place" not in picture
    assert f"{entry.get_absolute_url()}photo/" in admin.get("/faculty/").content.decode()


def test_a_file_that_is_no_photo_is_refused_beside_the_field(admin, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    entry = make_entry()
    page = reverse("admin:faculty_facultymember_change", args=[entry.pk])
    for upload in (SimpleUploadedFile("me.jpg", b"MZ not a picture"), photo(form="TIFF")):
        assert "errorlist" in admin.post(page, admin_form(entry, photo=upload)).content.decode()
    assert not FacultyMember.objects.get().photo
    admin.logout()
    assert admin.get(f"{entry.get_absolute_url()}photo/").status_code == 404


def test_finn_orders_publishes_and_withdraws_from_the_list(admin):
    entry = make_entry(is_published=False)
    page = reverse("admin:faculty_facultymember_changelist")
    for action, shown in (("publish", True), ("withdraw", False)):
        admin.post(page, {"action": action, "_selected_action": [entry.pk]})
        assert FacultyMember.objects.get().is_published is shown
    listing = admin.get(page, {"q": "alderkettle"})
    assert "Wren Alderkettle" in listing.content.decode()
