"""Photos of people: checked, made small and encoded again, without what a camera wrote into them."""

from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from PIL import Image, ImageOps

BYTES_AT_MOST = 5 * 1024 * 1024
PIXELS_AT_MOST = 40_000_000
SIDE = 640
SQUARE_SIDE = 400

TOO_LARGE = "Choose a smaller photo: at most 5 MB and 40 million pixels."
NOT_A_PHOTO = "Choose a photo in JPEG, PNG or WebP format."


def recode(upload: File, *, square: bool = False) -> ContentFile:
    """A small WebP copy without metadata; ValidationError with a sentence for whatever cannot be one."""
    if upload.size > BYTES_AT_MOST:
        raise ValidationError(TOO_LARGE)
    upload.seek(0)
    try:
        return _encode(_open(upload), square)
    except (ValidationError, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValidationError(TOO_LARGE) from error
    except Exception as error:  # a broken file makes Pillow raise almost anything
        raise ValidationError(NOT_A_PHOTO) from error


def _open(upload: File) -> Image.Image:
    """Reads the header only: a bomb is refused before a pixel of it is unpacked."""
    picture = Image.open(upload, formats=["JPEG", "PNG", "WEBP"])
    if picture.width * picture.height > PIXELS_AT_MOST:
        raise ValidationError(TOO_LARGE)
    picture.draft("RGB", (SIDE, SIDE))
    return picture


def _encode(picture: Image.Image, square: bool) -> ContentFile:
    picture = ImageOps.exif_transpose(picture).convert("RGBA")
    if square:
        picture = ImageOps.fit(picture, (SQUARE_SIDE, SQUARE_SIDE))
    else:
        picture.thumbnail((SIDE, SIDE))
    # A fresh canvas, since a converted picture keeps its comments and colour profile.
    clean = Image.new("RGB", picture.size, "white")
    clean.paste(picture, mask=picture.getchannel("A"))
    target = BytesIO()
    clean.save(target, "WEBP", quality=82)
    return ContentFile(target.getvalue(), name="photo.webp")
