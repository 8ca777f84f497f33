"""What a file is: told by its content, held against its name, and made fit to be handed on."""

import re
import unicodedata
from dataclasses import dataclass
from typing import BinaryIO

from django.core.exceptions import ValidationError

from community.models import AttachmentKind
from community.uploads import documents, pictures

MEGABYTE = 1024 * 1024
IMAGE_AT_MOST, DOCUMENT_AT_MOST = 10 * MEGABYTE, 20 * MEGABYTE
NAME_AT_MOST = 100

TOO_LARGE = "This file is too large. An image may have 10 MB, a document 20 MB."
EMPTY = "This file is empty."
NOT_AS_NAMED = "This file is not what its name says. Open it, save it anew as what it is, and add that."
OLD_OFFICE = (
    "This is an old Office file, or one with a password. Save it as .docx, .xlsx, .pptx or PDF without one."
)
HEIC = "This image is in the HEIC or AVIF format, which many people cannot open. Choose it as a JPEG."

_IMAGE_MAGIC = re.compile(rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|RIFF....WEBP", re.DOTALL)
_HEIC_MAGIC = re.compile(rb"....ftyp(?:hei|hev|mif1|msf1|avif|avis)", re.DOTALL)
_PDF_MAGIC, _PARCEL_MAGIC, _OLD_OFFICE_MAGIC = b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

IMAGE_ENDINGS = {"png", "jpg", "jpeg", "jpe", "jfif", "webp", "gif"}
TEXT_ENDINGS = {"txt", "csv"}
KNOWN_ENDINGS = IMAGE_ENDINGS | set(documents.TYPES)


@dataclass(frozen=True)
class Prepared:
    """A file as it will be kept."""

    kind: AttachmentKind
    ending: str
    name: str
    content: bytes
    small: bytes = b""
    width: int | None = None
    height: int | None = None


def prepare(upload: BinaryIO) -> Prepared:
    """The file as it will be kept; ValidationError with a sentence, code "too_large" where that is why."""
    _refuse_if_too_large(upload.size > DOCUMENT_AT_MOST)
    upload.seek(0)
    data, ending = upload.read(), _ending(upload.name or "")
    if not data:
        raise ValidationError(EMPTY)
    if _IMAGE_MAGIC.match(data):
        _refuse_if_too_large(len(data) > IMAGE_AT_MOST)
        _refuse_unless(ending in IMAGE_ENDINGS or ending not in KNOWN_ENDINGS)
        return _picture(data, upload.name)
    return _document(data, ending, upload.name)


def clean_name(given: str, ending: str) -> str:
    """A name that is safe to show, to send and to write in a post, with the ending that is true."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    shown = "".join(" " if each.isspace() else each for each in last if _is_shown(each) or each.isspace())
    stem = re.sub(r"\s+", " ", re.sub(r'[<>:"|?*`]', "", shown).translate({91: "(", 93: ")"}))
    stem = stem.rpartition(".")[0] if _ending(last) in KNOWN_ENDINGS else stem
    return f"{stem.strip(' .')[:NAME_AT_MOST].strip(' .') or 'file'}.{ending}"


def _picture(data: bytes, name: str) -> Prepared:
    picture = pictures.recode(data)
    return Prepared(
        AttachmentKind.IMAGE,
        "webp",
        clean_name(name, "webp"),
        picture.content,
        picture.small,
        picture.width,
        picture.height,
    )


def _document(data: bytes, ending: str, name: str) -> Prepared:
    if data.startswith(_PDF_MAGIC):
        found, content = "pdf", data
    elif data.startswith(_PARCEL_MAGIC):
        found, content = documents.repack(data)
    elif ending in TEXT_ENDINGS:
        found, content = ending, documents.reread(data, ending)
    else:
        raise ValidationError(_why_not(data, ending))
    _refuse_unless(ending == found or ending not in KNOWN_ENDINGS)
    return Prepared(AttachmentKind.DOCUMENT, found, clean_name(name, found), content)


def _why_not(data: bytes, ending: str) -> str:
    if data.startswith(_OLD_OFFICE_MAGIC):
        return OLD_OFFICE
    if _HEIC_MAGIC.match(data):
        return HEIC
    return NOT_AS_NAMED if ending in KNOWN_ENDINGS else documents.UNKNOWN


def _refuse_if_too_large(is_too_large: bool) -> None:
    if is_too_large:
        raise ValidationError(TOO_LARGE, code="too_large")


def _refuse_unless(is_as_named: bool) -> None:
    if not is_as_named:
        raise ValidationError(NOT_AS_NAMED)


def _ending(name: str) -> str:
    return name.rpartition(".")[2].strip().lower() if "." in name else ""


def _is_shown(character: str) -> bool:
    """Neither a control, nor a mark that turns the direction of writing, nor half a character."""
    return unicodedata.category(character)[0] != "C"
