"""The uploaded files in a backup: one archive beside that of the database."""

import contextlib
import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

from collaborate.local.console import Failure


def archive_of(backup: Path) -> Path:
    """The archive of files that belongs to a backup of the database."""
    return backup.with_name(f"{backup.stem}.files.tar")


def pack(media: Path, backup: Path) -> Path:
    """Write the uploaded files beside a backup; one that is deleted meanwhile stays out."""
    archive = archive_of(backup)
    draft = archive.with_name(f"{archive.name}.{os.getpid()}")
    with tarfile.open(draft, "w") as packed:
        for path in sorted(media.rglob("*")):
            if path.is_file():
                with contextlib.suppress(FileNotFoundError):
                    packed.add(path, path.relative_to(media), recursive=False)
    draft.replace(archive)
    return archive


@contextlib.contextmanager
def unpacked(media: Path, backup: Path) -> Iterator[None]:
    """Unpack the files first; put them in place only if the block, which restores the database, ends well."""
    fresh, former = (media.with_name(f"{media.name}.{what}.{os.getpid()}") for what in ("fresh", "former"))
    fresh.mkdir(parents=True)
    try:
        with tarfile.open(archive_of(backup)) as packed:
            _unpack(packed, fresh.resolve())
        yield
        if media.exists():
            media.replace(former)
        fresh.replace(media)
    except tarfile.TarError as error:
        raise Failure(f"{archive_of(backup)} cannot be read: nothing was restored.") from error
    finally:
        for left in (fresh, former):
            shutil.rmtree(left, ignore_errors=True)


def _unpack(packed: tarfile.TarFile, target: Path) -> None:
    """Files only, and none beside the target: Python before 3.11.4 has no filter that sees to it."""
    for member in packed:
        place = (target / member.name).resolve()
        if not (member.isfile() and place.is_relative_to(target)):
            raise tarfile.TarError(member.name)
        place.parent.mkdir(parents=True, exist_ok=True)
        with packed.extractfile(member) as source, place.open("wb") as copy:
            shutil.copyfileobj(source, copy)
