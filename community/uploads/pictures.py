"""Pictures in posts: checked, turned upright, made small and encoded again, without what a camera wrote."""

from dataclasses import dataclass
from io import BytesIO
from threading import Lock

from django.core.exceptions import ValidationError
from PIL import Image, ImageOps

PHOTO_PIXELS_AT_MOST = 50_000_000  # a JPEG is unpacked at the size that is wanted
PIXELS_AT_MOST = 16_000_000  # anything else as a whole, a WebP several times over
SCANS_AT_MOST = 64  # a JPEG may be sent in steps; thousands of them keep a processor busy for minutes
SIDE, SMALL_SIDE = 2_000, 800
LOSSLESS_AT_MOST = 600_000
FORMATS = ["JPEG", "PNG", "WEBP", "GIF"]
START_OF_SCAN = b"\xff\xda"

TOO_MANY_PIXELS = (
    "This image has too many pixels. Make it smaller first: "
    "a photo may have 50 million, any other image 16 million."
)
NOT_AN_IMAGE = (
    "This image is broken, or no image at all. Choose a JPEG, PNG, WebP or GIF that opens elsewhere."
)

# Unpacking takes memory in hundreds of megabytes: one at a time in each process.
_turn = Lock()


@dataclass(frozen=True)
class Picture:
    """WebP in one or two sizes; `small` is empty where the picture is small by itself."""

    content: bytes
    small: bytes
    width: int
    height: int


def recode(data: bytes) -> Picture:
    """The first frame as WebP, without metadata; ValidationError with a sentence for what cannot be one."""
    try:
        with _turn:
            return _encode(_open(data))
    except (ValidationError, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValidationError(TOO_MANY_PIXELS) from error
    except Exception as error:  # a broken file makes Pillow raise almost anything
        raise ValidationError(NOT_AN_IMAGE) from error


def _open(data: bytes) -> Image.Image:
    """Reads the header only: a bomb is refused before a pixel of it is unpacked."""
    picture = Image.open(BytesIO(data), formats=FORMATS)
    is_photo = picture.format in ("JPEG", "MPO")
    if picture.width * picture.height > (PHOTO_PIXELS_AT_MOST if is_photo else PIXELS_AT_MOST):
        raise ValidationError(TOO_MANY_PIXELS)
    if is_photo and data.count(START_OF_SCAN) > SCANS_AT_MOST:
        raise ValidationError(NOT_AN_IMAGE)
    picture.draft("RGB", (SIDE, SIDE))
    return picture


def _encode(picture: Image.Image) -> Picture:
    is_photo = picture.format in ("JPEG", "MPO")
    picture = _clean(picture)
    content = _to_webp(picture, is_photo)
    size, small = picture.size, b""
    if max(size) > SMALL_SIDE:
        picture.thumbnail((SMALL_SIDE, SMALL_SIDE))
        small = _to_webp(picture, is_photo)
    return Picture(content, small, *size)


def _clean(picture: Image.Image) -> Image.Image:
    """The pixels alone, upright, on a fresh canvas: a converted picture keeps comments and profiles."""
    has_alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    picture = picture.convert("RGBA" if has_alpha else "RGB")
    picture.thumbnail((SIDE, SIDE))
    picture = ImageOps.exif_transpose(picture)
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    return clean


def _to_webp(picture: Image.Image, is_photo: bool) -> bytes:
    """Sharp as it was where it is a drawing or a screenshot, unless that takes too much room."""
    if not is_photo:
        sharp = _save(picture, lossless=True, quality=30, method=1)
        if len(sharp) <= LOSSLESS_AT_MOST:
            return sharp
    return _save(picture, quality=82)


def _save(picture: Image.Image, **options) -> bytes:
    target = BytesIO()
    picture.save(target, "WEBP", **options)
    return target.getvalue()
