"""What an attached file is, found out from what is in it, and what it may be called.

Few types are taken. Each can be told by its first bytes, by what a zip archive lists, or by being text; nothing is
unpacked or run.
"""

import codecs
import unicodedata
import zipfile
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from core.text import one_line
from reading_groups.models import PresentationFile

Kind = PresentationFile.Kind

KIND_OF_SUFFIX = {
    ".pdf": Kind.PDF,
    ".pptx": Kind.PPTX,
    ".odp": Kind.ODP,
    ".png": Kind.PNG,
    ".jpg": Kind.JPEG,
    ".jpeg": Kind.JPEG,
    ".txt": Kind.TEXT,
    ".md": Kind.MARKDOWN,
    ".ipynb": Kind.NOTEBOOK,
}
FIRST_BYTES = {b"%PDF-": Kind.PDF, b"\x89PNG\r\n\x1a\n": Kind.PNG, b"\xff\xd8\xff": Kind.JPEG}
CONTENT_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    Kind.ODP: "application/vnd.oasis.opendocument.presentation",
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
    # Whatever is written in them, no browser takes these for a page.
    Kind.TEXT: "text/plain; charset=utf-8",
    Kind.MARKDOWN: "text/plain; charset=utf-8",
    Kind.NOTEBOOK: "application/octet-stream",
}
ARE_TEXT = (Kind.TEXT, Kind.MARKDOWN, Kind.NOTEBOOK)
LONGEST_NAME = 100
CHUNK = 64 * 1024
SPACES = "\t\n\r\f"
# A list of what is in an archive that is longer than this belongs to no slides.
LONGEST_LISTING = 2 * 1024 * 1024
END_OF_ARCHIVE, LONGEST_END = b"PK\x05\x06", 22 + 65_535
END_OF_LARGE_ARCHIVE = b"PK\x06\x07"


def name_of(typed: str) -> str:
    """What a file is called here, from the name that was sent with it: one line, without folders, not too long.

    Its ending stays. A name of which nothing can be seen is that of any file.
    """
    name = one_line(typed.replace("\\", "/").rpartition("/")[2])
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    stem, ending = stem.strip(" .")[:LONGEST_NAME], ending[:10].strip()
    return (stem or _("file")) + (f".{ending}" if ending else "")


def check(upload: File, name: str) -> str:
    """The kind of a file that is called so. Raises ValidationError, in words for whoever sent it."""
    called = KIND_OF_SUFFIX.get(_suffix(name))
    if called is None:
        raise ValidationError(_("Such files are not taken. Send one of these: %(kinds)s.") % {"kinds": kinds()})
    found = kind_of(upload)
    if found == called or (found == Kind.TEXT and called == Kind.MARKDOWN):
        return called
    if found == Kind.TEXT and called == Kind.NOTEBOOK and _is_notebook(upload):
        return called
    words = {"name": name, "called": called.label}
    if found is None:
        raise ValidationError(
            _("“%(name)s” is called as if it were %(called)s, but what is in it is not. Send it as what it is.") % words
        )
    words["found"] = Kind(found).label
    raise ValidationError(
        _("“%(name)s” is called as if it were %(called)s, but what is in it is %(found)s. Send it as what it is.")
        % words
    )


def kinds() -> str:
    """What is taken, in words."""
    return get_text_list([f"{kind.label}" for kind in Kind], _("or"))


def kind_of(upload: File) -> str | None:
    """What a file is, whatever it is called; None for what is not taken. Any text is TEXT."""
    upload.seek(0)
    first = upload.read(16)
    for start, kind in FIRST_BYTES.items():
        if first.startswith(start):
            return kind
    if first.startswith(b"PK\x03\x04"):
        return _kind_of_archive(upload)
    return Kind.TEXT if _is_text(upload) else None


def _suffix(name: str) -> str:
    _stem, dot, ending = name.rpartition(".")
    return f"{dot}{ending}".lower()


def _is_text(upload: File) -> bool:
    """UTF-8 without control characters, read piece by piece."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    upload.seek(0)
    try:
        while chunk := upload.read(CHUNK):
            text = decoder.decode(chunk)
            if any(char not in SPACES and unicodedata.category(char) == "Cc" for char in set(text)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_notebook(upload: File) -> bool:
    """Told by its two ends: JSON of that size is not read to find out."""
    upload.seek(0)
    first = upload.read(CHUNK)
    upload.seek(max(0, upload.size - CHUNK))
    last = upload.read(CHUNK)
    is_object = first.lstrip(codecs.BOM_UTF8 + b" \t\r\n").startswith(b"{") and last.rstrip().endswith(b"}")
    return is_object and b'"nbformat"' in first + last


def _kind_of_archive(upload: File) -> str | None:
    names = _names_in(upload)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        # Slides with macros run what is in them.
        return None
    if {"[Content_Types].xml", "ppt/presentation.xml"} <= names:
        return Kind.PPTX
    # The type stands first and is not packed, so that it can be read without unpacking.
    upload.seek(30)
    is_odp = upload.read(66).startswith(b"mimetype" + CONTENT_TYPES[Kind.ODP].encode())
    return Kind.ODP if is_odp and "content.xml" in names else None


def _names_in(upload: BinaryIO | File) -> set[str]:
    """What an archive lists; nothing where the list is missing, broken, or longer than slides need."""
    size = upload.seek(0, 2)
    upload.seek(max(0, size - LONGEST_END))
    end = upload.read()
    at = end.rfind(END_OF_ARCHIVE)
    if at < 0 or END_OF_LARGE_ARCHIVE in end[max(0, at - 20) : at]:
        return set()
    if int.from_bytes(end[at + 12 : at + 16], "little") > LONGEST_LISTING:
        return set()
    upload.seek(0)
    try:
        with zipfile.ZipFile(upload) as archive:  # type: ignore[arg-type]
            return set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError, IndexError):
        return set()
