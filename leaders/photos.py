"""Photos of people: checked, made small and encoded again, without what a camera wrote into them."""

import io
import warnings

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from PIL import Image, ImageOps

BYTES_AT_MOST = 8 * 1024 * 1024
PIXELS_AT_MOST = 50_000_000
SIDE = 640

TOO_LARGE = "Choose a smaller photo: at most 8 MB and 50 million pixels."
NOT_A_PHOTO = "Choose a photo in JPEG, PNG or WebP format."


def recode(upload: File) -> ContentFile:
    """A square-bounded WebP copy without metadata; ValidationError with a sentence for anything else."""
    if upload.size > BYTES_AT_MOST:
        raise ValidationError(TOO_LARGE)
    upload.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _encode(Image.open(upload, formats=["JPEG", "PNG", "WEBP"]))
    except Image.DecompressionBombError as error:
        raise ValidationError(TOO_LARGE) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise ValidationError(NOT_A_PHOTO) from error


def _encode(picture: Image.Image) -> ContentFile:
    if picture.width * picture.height > PIXELS_AT_MOST:
        raise ValidationError(TOO_LARGE)
    picture = ImageOps.exif_transpose(picture).convert("RGB")
    picture.thumbnail((SIDE, SIDE))
    # A fresh canvas, since a converted picture keeps its comments and colour profile.
    clean = Image.new("RGB", picture.size)
    clean.paste(picture)
    target = io.BytesIO()
    clean.save(target, "WEBP", quality=82)
    return ContentFile(target.getvalue(), name="photo.webp")
