"""Files as people send them, and as nobody should."""

import io
import struct
import uuid
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from community.models import Attachment
from community.uploads import attachments, documents

HERE = {0x010F: "CANARY camera", 0x8825: {1: "N", 2: (51.0, 30.0, 26.0), 3: "W", 4: (0.0, 7.0, 39.0)}}


def picture(format="PNG", size=(60, 40), mode="RGB", **options) -> bytes:
    """A picture with something on it."""
    drawn = Image.new(mode, size)
    if mode == "RGB":
        ImageDraw.Draw(drawn).rectangle((0, 0, size[0] // 2, size[1] // 2), fill=(200, 30, 30))
    target = io.BytesIO()
    drawn.save(target, format, **options)
    return target.getvalue()


def photo(orientation=1) -> bytes:
    """A photo with where, when and with what it was taken."""
    exif = Image.Exif()
    for tag, value in HERE.items():
        exif[tag] = value
    exif[0x0112] = orientation
    return picture(
        "JPEG", (80, 40), exif=exif, comment=b"CANARY comment", xmp=b"<x:xmpmeta>CANARY</x:xmpmeta>"
    )


def moving_picture(format="GIF", frames=12) -> bytes:
    """Something that moves."""
    pictures = [Image.new("RGB", (30, 30), (each * 20, 0, 0)) for each in range(frames)]
    target = io.BytesIO()
    pictures[0].save(target, format, save_all=True, append_images=pictures[1:], duration=50)
    return target.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """A few bytes that say they are a picture of this size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    rows = zlib.compress(b"\0" * 10_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def parcel(files: dict[str, bytes]) -> bytes:
    """A zip file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return target.getvalue()


def office(ending="docx", **more: bytes) -> bytes:
    """A Word, Excel or PowerPoint file; `more` are files inside, with __ for a slash."""
    content_type = f'<Override ContentType="{documents.OFFICE_KINDS[ending]}.main+xml"/>'
    return parcel(
        {
            "[Content_Types].xml": content_type.encode(),
            "word/document.xml": b"<w:document>The plan</w:document>",
            "docProps/core.xml": b"<dc:creator>CANARY</dc:creator>",
            "docProps/app.xml": b"<Company>CANARY</Company>",
            **{name.replace("__", "/"): content for name, content in more.items()},
        }
    )


def open_document(ending="odt") -> bytes:
    """A file of LibreOffice."""
    return parcel(
        {
            "mimetype": documents.OPEN_KINDS[ending].encode(),
            "content.xml": b"<office:document-content/>",
            "meta.xml": b"<meta:initial-creator>CANARY</meta:initial-creator>",
        }
    )


def send(space, by, name="photo.png", content=None, alt="") -> Attachment:
    """A file that stands ready for a post."""
    file = SimpleUploadedFile(name, picture() if content is None else content)
    return attachments.upload(space, by=by, file=file, uuid=uuid.uuid4(), alt=alt)


def shown(attachment: Attachment, alt="A red square") -> str:
    """The words of a post that shows an image or names a document."""
    mark = "!" if attachment.is_image else ""
    return f"{mark}[{alt}](/attachments/{attachment.uuid}/)"
