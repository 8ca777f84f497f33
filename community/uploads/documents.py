"""Documents in posts: parcels of files are opened, looked through and packed anew, text is read as text."""

import re
import zipfile
from io import BytesIO

from django.core.exceptions import ValidationError

UNPACKED_AT_MOST = 200 * 1024 * 1024
FILES_AT_MOST = 3_000
CHUNK = 256 * 1024

BOMB = "This document unpacks to far more than it seems to hold, so it was not kept."
BROKEN = "This document is broken or locked with a password. Save it anew without one, and add that."
MACROS = (
    "This document has a programme (macros) in it. Save it without, as .docx, .xlsx or .pptx, and add that."
)
NOT_TEXT = "This is not plain text. Save it as text in UTF-8, or as a PDF, and add that."
UNKNOWN = (
    "Files of this kind cannot be added. "
    "Choose an image, a PDF, a Word, Excel, PowerPoint or OpenDocument file, or plain text."
)

OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
OFFICE_KINDS = {
    "docx": f"{OFFICE}wordprocessingml.document",
    "xlsx": f"{OFFICE}spreadsheetml.sheet",
    "pptx": f"{OFFICE}presentationml.presentation",
}
OPEN_KINDS = {
    "odt": f"{OPEN_DOCUMENT}text",
    "ods": f"{OPEN_DOCUMENT}spreadsheet",
    "odp": f"{OPEN_DOCUMENT}presentation",
}
TYPES = {
    "pdf": "application/pdf",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    **OFFICE_KINDS,
    **OPEN_KINDS,
}

_ENTRY = b"PK\x01\x02"
_PROGRAMME = re.compile(
    r"(?:^|/)vba(?:project|data)[^/]*$|(?:^|/)activex/|(?:^|/)macrosheets/|^basic/|^scripts/", re.IGNORECASE
)
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")

# Who made it, where, with what: Office writes it down without asking, and no reader needs it.
_XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = b"http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_PROPERTIES = b"http://schemas.openxmlformats.org/officeDocument/2006/"
_META = b"urn:oasis:names:tc:opendocument:xmlns:office:1.0"
BLANK = {
    "docprops/core.xml": _XML + b'<cp:coreProperties xmlns:cp="' + _PACKAGE + b'"/>',
    "docprops/app.xml": _XML + b'<Properties xmlns="' + _PROPERTIES + b'extended-properties"/>',
    "docprops/custom.xml": _XML + b'<Properties xmlns="' + _PROPERTIES + b'custom-properties"/>',
    "meta.xml": _XML + b'<office:document-meta xmlns:office="' + _META + b'" office:version="1.2"/>',
}


def repack(data: bytes) -> tuple[str, bytes]:
    """(ending, the same parcel packed anew without its author); ValidationError with a sentence otherwise."""
    if data.count(_ENTRY) > 10 * FILES_AT_MOST:
        raise ValidationError(BOMB)
    try:
        with zipfile.ZipFile(BytesIO(data)) as parcel:
            _look_through(parcel)
            ending = _kind(parcel)
            return ending, _pack(parcel)
    except ValidationError:
        raise
    except Exception as error:  # a broken parcel makes zipfile and zlib raise almost anything
        raise ValidationError(BROKEN) from error


def reread(data: bytes, ending: str) -> bytes:
    """Text in UTF-8, whatever it was written in; a sheet begins with the mark that Excel looks for."""
    text = _decode(data)
    if _NO_TEXT.search(text) or not text.strip():
        raise ValidationError(NOT_TEXT)
    return text.encode("utf-8-sig" if ending == "csv" else "utf-8")


def _look_through(parcel: zipfile.ZipFile) -> None:
    files = parcel.infolist()
    names = [file.filename for file in files]
    if len(files) > FILES_AT_MOST or sum(file.file_size for file in files) > UNPACKED_AT_MOST:
        raise ValidationError(BOMB)
    if any(_PROGRAMME.search(name) for name in names):
        raise ValidationError(MACROS)
    plain = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    if len(set(names)) < len(names) or any(
        file.flag_bits & 1 or file.compress_type not in plain or _leads_out(file.filename) for file in files
    ):
        raise ValidationError(BROKEN)


def _leads_out(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")


def _kind(parcel: zipfile.ZipFile) -> str:
    """What it is by what it holds, whatever its name says."""
    names = set(parcel.namelist())
    if "mimetype" in names:
        said = _read(parcel, "mimetype")
        found = [ending for ending, kind in OPEN_KINDS.items() if said == kind.encode()]
        if found and "content.xml" in names:
            return found[0]
    elif "[Content_Types].xml" in names:
        said = _read(parcel, "[Content_Types].xml")
        if b"macroenabled" in said.lower():
            raise ValidationError(MACROS)
        found = [ending for ending, kind in OFFICE_KINDS.items() if f'"{kind}.main+xml"'.encode() in said]
        if len(found) == 1:
            return found[0]
    raise ValidationError(UNKNOWN)


def _read(parcel: zipfile.ZipFile, name: str) -> bytes:
    with parcel.open(name) as file:
        return file.read(CHUNK)


def _pack(parcel: zipfile.ZipFile) -> bytes:
    """Nothing before, between or after the files, and their true sizes counted while they are unpacked."""
    target, left = BytesIO(), UNPACKED_AT_MOST
    with zipfile.ZipFile(target, "w") as packed:
        for file in parcel.infolist():
            entry = zipfile.ZipInfo(file.filename)
            entry.compress_type = file.compress_type
            with packed.open(entry, "w") as into:
                if (blank := BLANK.get(file.filename.lower())) is not None:
                    into.write(blank)
                    continue
                left = _copy(parcel, file, into, left)
    return target.getvalue()


def _copy(parcel: zipfile.ZipFile, file: zipfile.ZipInfo, into, left: int) -> int:
    with parcel.open(file) as source:
        while chunk := source.read(CHUNK):
            if (left := left - len(chunk)) < 0:
                raise ValidationError(BOMB)
            into.write(chunk)
    return left


def _decode(data: bytes) -> str:
    is_wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValidationError(NOT_TEXT)
