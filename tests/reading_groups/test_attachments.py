"""What a file is, found out from what is in it; names that lie, and names that are hostile."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from reading_groups.attachments import CONTENT_TYPES, KIND_OF_SUFFIX, check, kind_of, name_of

PDF, PNG, JPEG = b"%PDF-1.7\n1 0 obj\n", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"\xff\xd8\xff\xe0\x00\x10JFIF"
NOTEBOOK = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in files.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def slides(*more: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in ("[Content_Types].xml", "ppt/presentation.xml", "ppt/slides/slide1.xml", *more):
            made.writestr(name, "<x/>")
    return out.getvalue()


def odp(kind: str = "presentation") -> bytes:
    return archive(mimetype=f"application/vnd.oasis.opendocument.{kind}".encode(), content_dot_xml=b"<x/>")


GENUINE = {
    "talk.pdf": PDF,
    "Talk.PDF": PDF,
    "talk.pptx": slides(),
    "talk.odp": odp(),
    "figure.png": PNG,
    "figure.jpg": JPEG,
    "figure.jpeg": JPEG,
    "outline.txt": "Grüße, 你好\r\n\tand more\f".encode(),
    "outline.md": b"# Title\n\n<b>bold</b>",
    "with-mark.txt": b"\xef\xbb\xbftext",
    "runs.ipynb": NOTEBOOK,
    "large.ipynb": b'{"cells": ["' + b"x" * 200_000 + b'"], "nbformat": 4}\n',
    "deep.ipynb": b'{"cells": ' + b"[" * 500_000 + b"]" * 500_000 + b', "nbformat": 4}',
}


@pytest.mark.parametrize("name", GENUINE)
def test_what_is_what_it_says_is_taken(name):
    kind = check(ContentFile(GENUINE[name]), name)
    assert kind == KIND_OF_SUFFIX["." + name.rpartition(".")[2].lower()]
    assert CONTENT_TYPES[kind]


PAGE = b"<!doctype html><script>alert(1)</script>"
LIES = {
    "page.pdf": (PAGE, "“page.pdf” is called as if it were PDF, but what is in it is Text."),
    "image.pdf": (PNG, "“image.pdf” is called as if it were PDF, but what is in it is PNG image."),
    "late.pdf": (b"\n" * 20 + PDF, "but what is in it is Text."),
    "slides.txt": (PDF, "“slides.txt” is called as if it were Text, but what is in it is PDF."),
    "page.png": (PAGE, "but what is in it is Text."),
    "other.png": (JPEG, "but what is in it is JPEG image."),
    "program.txt": (b"MZ\x90\x00\x03", "“program.txt” is called as if it were Text, but what is in it is not."),
    "null.md": (b"text\x00text", "but what is in it is not."),
    "latin.txt": ("Grüße".encode("latin-1"), "but what is in it is not."),
    "utf16.txt": ("text".encode("utf-16"), "but what is in it is not."),
    "any.pptx": (archive(a_dot_txt=b"x"), "“any.pptx” is called as if it were PowerPoint, but what is in it is not."),
    "macros.pptx": (slides("ppt/vbaProject.bin"), "but what is in it is not."),
    "other.pptx": (odp(), "but what is in it is OpenDocument slides."),
    "text.odp": (odp("text"), "but what is in it is not."),
    "cut.pptx": (slides()[:-30], "but what is in it is not."),
    "json.ipynb": (b'{"cells": []}', "is called as if it were Jupyter notebook, but what is in it is Text."),
    "list.ipynb": (b'["nbformat"]', "but what is in it is Text."),
}


@pytest.mark.parametrize("name", LIES)
def test_a_name_that_lies_is_told_so(name):
    content, words = LIES[name]
    with pytest.raises(ValidationError) as told:
        check(ContentFile(content), name)
    assert words in told.value.message
    assert told.value.message.endswith("Send it as what it is.")


@pytest.mark.parametrize(
    "name", ["run.exe", "page.html", "drawing.svg", "macros.pptm", "slides", "talk.pdf.exe", ".pdf."]
)
def test_other_types_are_not_taken_whatever_is_in_them(name):
    with pytest.raises(ValidationError, match=r"Such files are not taken\. Send one of these: PDF, PowerPoint"):
        check(ContentFile(PDF), name)


def test_a_list_in_an_archive_that_is_too_long_or_broken_is_not_read():
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as made:
        for number in range(16_000):
            made.writestr(f"ppt/{'x' * 120}{number}", b"")
        made.writestr("[Content_Types].xml", b"")
        made.writestr("ppt/presentation.xml", b"")
    assert kind_of(ContentFile(many.getvalue())) is None
    whole = slides()
    for at in range(0, len(whole), 7):
        kind_of(ContentFile(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]))
    huge = bytearray(whole)
    end = huge.rfind(b"PK\x05\x06")
    huge[end + 12 : end + 16] = b"\xff\xff\xff\xff"
    assert kind_of(ContentFile(bytes(huge))) is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("talk.pdf", "talk.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        (r"C:\Users\me\talk.pdf", "talk.pdf"),
        ("..", "file"),
        (".pdf", "file.pdf"),
        ("", "file"),
        ("\u202efdp.txt", "fdp.txt"),
        ("a\r\nSet-Cookie: x=1.txt", "a Set-Cookie: x=1.txt"),
        ("x" * 300 + ".pdf", "x" * 100 + ".pdf"),
        ("日本語" * 100 + ".pptx", ("日本語" * 100)[:100] + ".pptx"),
        ('a"b;c.txt', 'a"b;c.txt'),
        ("no ending " + "y" * 300, ("no ending " + "y" * 300)[:100]),
        ("a." + "z" * 300, "a.zzzzzzzzzz"),
    ],
)
def test_names_are_made_harmless(typed, kept):
    assert name_of(typed) == kept
    assert len(name_of(typed)) <= 120


def test_a_name_goes_through_djangos_own_check_first():
    assert SimpleUploadedFile("../../../x.pdf", PDF).name == "x.pdf"
