"""What may be added to a post: told by its content, made fit, or refused with a sentence."""

import io
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from community.forms import ACCEPT
from community.uploads import documents, files, pictures
from tests.sending import huge_png, moving_picture, office, open_document, parcel, photo, picture

PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
HEIC = b"\0\0\0\x18ftypheic" + b"\0" * 100


def prepare(name: str, content: bytes) -> files.Prepared:
    return files.prepare(SimpleUploadedFile(name, content))


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def within(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def test_a_photo_tells_nothing_of_where_when_and_with_what_it_was_taken():
    sent = photo()
    assert b"CANARY" in sent
    kept = prepare("IMG_0001.JPG", sent)
    assert b"CANARY" not in kept.content
    picture = opened(kept.content)
    assert (picture.format, dict(picture.getexif())) == ("WEBP", {})
    assert {"exif", "xmp", "icc_profile", "comment"}.isdisjoint(picture.info)


def test_a_photo_taken_sideways_stands_upright():
    kept = prepare("a.jpg", photo(orientation=6))
    assert (kept.width, kept.height) == (40, 80)
    assert opened(kept.content).size == (40, 80)


def test_a_large_image_becomes_smaller_and_has_a_small_copy():
    kept = prepare("wall.png", picture(size=(4000, 1000)))
    assert (kept.width, kept.height) == (2000, 500) == opened(kept.content).size
    assert opened(kept.small).size == (800, 200)
    assert prepare("icon.png", picture()).small == b""


def test_glass_stays_glass():
    kept = prepare("logo.png", picture(mode="RGBA"))
    assert opened(kept.content).mode == "RGBA"


@pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP"])
def test_of_something_that_moves_the_first_picture_is_kept(format):
    kept = prepare(f"cat.{format.lower()}", moving_picture(format))
    assert not getattr(opened(kept.content), "is_animated", False)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "I;16", "CMYK"])
def test_every_kind_of_pixel_is_understood(mode):
    format = {"CMYK": "JPEG", "PA": "GIF"}.get(mode, "PNG")
    assert opened(prepare("x", picture(format, mode="P" if mode == "PA" else mode)).content).format == "WEBP"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.png", b"", files.EMPTY),
        ("a.png", HTML, files.NOT_AS_NAMED),
        ("a.png", SVG, files.NOT_AS_NAMED),
        ("a.svg", SVG, documents.UNKNOWN),
        ("a.html", HTML, documents.UNKNOWN),
        ("a", b"MZ\x90\x00 a programme", documents.UNKNOWN),
        ("a.exe", b"MZ\x90\x00 a programme", documents.UNKNOWN),
        ("a.png", PDF, files.NOT_AS_NAMED),
        ("a.pdf", picture(), files.NOT_AS_NAMED),
        ("a.docx", PDF, files.NOT_AS_NAMED),
        ("a.xlsx", office("docx"), files.NOT_AS_NAMED),
        ("a.pdf", HTML + PDF, files.NOT_AS_NAMED),
        ("a.jpg", picture("JPEG", (400, 400))[:300], pictures.NOT_AN_IMAGE),
        ("a.png", huge_png(100, 100), pictures.NOT_AN_IMAGE),
        ("a.png", huge_png(10_000, 10_000), pictures.TOO_MANY_PIXELS),
        ("a.png", huge_png(60_000, 60_000), pictures.TOO_MANY_PIXELS),
        ("a.png", huge_png(2**31 - 1, 1), pictures.TOO_MANY_PIXELS),
        ("a.jpg", picture("JPEG") + b"\xff\xda" * 100, pictures.NOT_AN_IMAGE),
        ("a.heic", HEIC, files.HEIC),
        ("a.doc", OLD_WORD, files.OLD_OFFICE),
        ("a.docx", OLD_WORD, files.OLD_OFFICE),
        ("a.docx", parcel({"a.txt": b"x"}), documents.UNKNOWN),
        ("a.zip", parcel({"a.txt": b"x"}), documents.UNKNOWN),
        ("a.docx", b"PK\x03\x04 nothing more", documents.BROKEN),
        ("a.docx", office()[:-30], documents.BROKEN),
        ("a.docx", office(**{"word__vbaProject.bin": b"x"}), documents.MACROS),
        ("a.docm", office(word__VBAPROJECT=b"x"), documents.MACROS),
        ("a.odt", parcel({"mimetype": b"x", "Basic/Standard/Module1.xml": b"x"}), documents.MACROS),
        ("a.docx", office(x__activeX__a=b"x"), documents.MACROS),
        ("a.docx", office(**{"..__evil": b"x"}), documents.BROKEN),
        ("a.docx", office(word__media=b"\0" * (documents.UNPACKED_AT_MOST + 1)), documents.BOMB),
        ("a.docx", parcel({f"f{each}": b"" for each in range(documents.FILES_AT_MOST + 1)}), documents.BOMB),
        ("a.docx", b"PK\x03\x04" + b"PK\x01\x02" * 100_000, documents.BOMB),
        ("a.txt", b"\x00\x01\x02", documents.NOT_TEXT),
        ("a.txt", b"   \n ", documents.NOT_TEXT),
        ("a.csv", bytes(range(256)), documents.NOT_TEXT),
    ],
)  # fmt: skip
def test_what_cannot_be_added_is_refused_with_a_reason(name, content, sentence):
    with pytest.raises(ValidationError) as refusal:
        prepare(name, content)
    assert refusal.value.messages == [sentence]


def test_macros_are_found_by_what_the_file_says_of_itself():
    said = b'<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
    with pytest.raises(ValidationError, match="macros"):
        prepare("a.docx", parcel({"[Content_Types].xml": said}))


def test_a_parcel_that_lies_about_its_size_is_refused():
    """The directory says one byte; the content goes on."""
    honest = office(word__media=b"\0" * 100_000)
    size = (100_000).to_bytes(4, "little")
    with pytest.raises(ValidationError) as refusal:
        prepare("a.docx", honest.replace(size, (1).to_bytes(4, "little")))
    assert refusal.value.messages in ([documents.BROKEN], [documents.BOMB])


@pytest.mark.parametrize(
    ("name", "size"), [("a.png", files.IMAGE_AT_MOST), ("a.pdf", files.DOCUMENT_AT_MOST)]
)
def test_too_large_is_said_as_such(name, size):
    start = picture() if name == "a.png" else PDF
    with pytest.raises(ValidationError) as refusal:
        prepare(name, start + b"\0" * size)
    assert (refusal.value.messages, refusal.value.code) == ([files.TOO_LARGE], "too_large")


@pytest.mark.parametrize("ending", ["docx", "xlsx", "pptx"])
def test_an_office_file_loses_its_author_and_what_hangs_on_to_it(ending):
    kept = prepare(f"plan.{ending}", office(ending))
    assert (kept.ending, kept.kind) == (ending, "document")
    assert b"CANARY" not in b"".join(within(kept.content).values())
    assert within(kept.content)["word/document.xml"] == b"<w:document>The plan</w:document>"


@pytest.mark.parametrize("ending", ["odt", "ods", "odp"])
def test_an_open_document_is_still_one(ending):
    kept = prepare(f"plan.{ending}", open_document(ending))
    assert next(iter(within(kept.content))) == "mimetype"
    assert b"CANARY" not in b"".join(within(kept.content).values())


def test_nothing_rides_along_before_between_or_behind():
    """A picture that is a parcel too, a parcel that is a page too: only what it is by name remains."""
    assert b"PK\x03\x04" not in prepare("a.png", picture() + parcel({"evil.html": HTML})).content
    assert b"<script>" not in prepare("a.docx", office() + HTML).content
    assert b"<script>" not in prepare("a.jpg", picture("JPEG", comment=HTML)).content


def test_text_is_kept_in_one_encoding():
    assert prepare("a.txt", "Cost: £5".encode("cp1252")).content == "Cost: £5".encode()
    assert prepare("a.csv", "a;£".encode("utf-16")).content == "a;£".encode("utf-8-sig")
    assert prepare("a.CSV", b"a,b\n1,2\n").ending == "csv"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("photo.jpeg", "photo.webp"),
        ("My holiday.PNG", "My holiday.webp"),
        ("../../etc/passwd", "passwd.webp"),
        ("C:\\Users\\Ana\\scan.png", "scan.webp"),
        ("gpj.\u202ephoto.png", "gpj.photo.webp"),
        ("a\r\nSet-Cookie: x.png", "a Set-Cookie x.webp"),
        ("x[1](y)`<b>.png", "x(1)(y)b.webp"),
        ("\u200b\u2066.png", "file.webp"),
        ("...", "file.webp"),
        ("", "file.webp"),
        ("Frühstück e\u0301.png", "Frühstück é.webp"),
        ("x" * 998 + ".png", "x" * 100 + ".webp"),
        ("a\x00b.png", "ab.webp"),
        ("notes v1.2", "notes v1.2.webp"),
    ],
)
def test_a_name_is_safe_to_show_and_to_send(given, name):
    assert files.clean_name(given, "webp") == name


def test_forms_offer_what_is_taken():
    composer = (Path(settings.BASE_DIR) / "templates" / "forms.html").read_text()
    assert f'accept="{ACCEPT}"' in composer
    offered = ACCEPT.replace("image/", ".").split(",")
    assert set(offered) == {f".{ending}" for ending in {*documents.TYPES, "jpeg", "png", "webp", "gif"}}
    for most in (files.IMAGE_AT_MOST, files.DOCUMENT_AT_MOST):
        assert f'-most="{most}"' in composer
