"""What is in a compressed file, within limits: gzip, and the files of a ZIP archive.

The size that an archive states is held against the limit before anything is unpacked, and what
comes out is counted, whatever was stated.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

from nettumor.crf.limits import Limits, too_large
from nettumor.errors import InputError

_OFFICE = "[Content_Types].xml"
"""What every file of Office Open XML holds (ECMA-376, part 2)."""
FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    IndexError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What the standard library raises on a damaged archive, or one packed by a method that it has not."""


def gunzipped(data: bytes, where: str, limits: Limits) -> bytes:
    """The bytes in a gzip file of one or several members, at most ``limits.bytes_unpacked``."""
    out: list[bytes] = []
    left = limits.bytes_unpacked
    rest = data
    while rest.strip(b"\x00") or not out:
        reader = zlib.decompressobj(31)
        try:
            part = reader.decompress(rest, left + 1)
        except zlib.error as error:
            raise _broken(where, f"it is not compressed with gzip ({error})") from None
        left -= len(part)
        if left < 0:
            limit = limits.bytes_unpacked
            raise too_large(where, "bytes_unpacked", f"more than {limit:,} bytes unpacked", limit)
        if not reader.eof:
            raise _broken(where, "it is cut off")
        out.append(part)
        rest = reader.unused_data
    return b"".join(out)


def archived(
    data: bytes, where: str, limits: Limits, suffixes: Collection[str]
) -> Iterator[tuple[str, bytes | None]]:
    """The names and bytes of the files in a ZIP archive, by name as in a folder; None for the bytes
    of one of another suffix. Folders, hidden files and what macOS adds are passed over.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except FAULTS as error:
        raise _broken(where, str(error)) from None
    with archive:
        if _OFFICE in archive.namelist():
            raise InputError(
                f"`{where}` is a workbook, or another file of an office program, and no archive of "
                "tables. Name it .xlsx.",
                argument=where,
            )
        limits.check(where, unpacked=sum(max(0, i.file_size) for i in archive.infolist()))
        for info in sorted(archive.infolist(), key=lambda i: i.filename):
            path = PurePosixPath(info.filename)
            hidden = path.name.startswith((".", "~")) or "__MACOSX" in path.parts
            if info.is_dir() or hidden:
                continue
            if path.suffix.lower() not in suffixes:
                yield info.filename, None
                continue
            if info.flag_bits & 1:
                raise _broken(f"{where}/{info.filename}", "it is locked with a password")
            try:
                with archive.open(info) as member:
                    content = member.read(info.file_size + 1)
            except FAULTS as error:
                raise _broken(f"{where}/{info.filename}", str(error)[:80]) from None
            yield info.filename, content


def _broken(where: str, why: str) -> InputError:
    return InputError(
        f"`{where}` cannot be unpacked: {why}. Unpack it yourself, and give the files.",
        argument=where,
    )
