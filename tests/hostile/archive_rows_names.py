"""Archives with hostile names or entries that are no files, and the outcome of each."""

from __future__ import annotations

import stat
from dataclasses import dataclass, replace
from typing import Any

from tests.hostile.zip_bytes import CODE, Part, archive, named, unicode_path


@dataclass(frozen=True)
class Row:
    """Archives of one kind: refused with ``code``, or graded with the files ``kept``."""

    what: str
    archives: tuple[bytes, ...]
    code: str = ""
    kept: tuple[str, ...] = ()


def _each(*names: bytes, **changes: Any) -> tuple[bytes, ...]:
    """Return an archive for each name, with a valid file beside the one with that name."""
    return tuple(archive(Part(name=b"good.py"), _part(name, changes)) for name in names)


def _part(name: bytes, changes: dict[str, Any]) -> Part:
    return replace(Part(), name=name, **changes)


def _pairs(*pairs: tuple[bytes, bytes]) -> tuple[bytes, ...]:
    return tuple(named(*pair) for pair in pairs)


def _folder(name: bytes, content: bytes = b"", mode: int = 0o40755) -> Part:
    return Part(name=name, content=content, mode=mode, method=0)


_LINK = Part(name=b"link.py", content=b"/etc/passwd", mode=stat.S_IFLNK | 0o777)

ROWS = (
    Row(
        "a parent folder",
        _each(b"../x.py", b"a/../../x.py", b"a/..", b"__MACOSX/../x.py", b"./../x.py"),
        "name-traversal",
    ),
    Row("a root", _each(b"/tmp/x.py", b"//srv/x.py", b".//x.py", b"//"), "name-absolute"),
    Row(
        "a drive or a share of Windows",
        _each(b"C:/x.py", b"C:\\x.py", b"C:x.py", b"\\\\srv\\x.py", b"\\x.py"),
        "name-absolute",
    ),
    Row("a parent folder of Windows", _each(b"..\\x.py", b"a\\..\\..\\x.py"), "name-traversal"),
    Row("a path of old Windows zippers", (named(b"pkg\\mod.py"),), kept=("pkg/mod.py",)),
    Row("NUL", _each(b"a.py\0.png", b"__MACOSX/a\0.py"), "name-control"),
    Row(
        "invisible characters: Cc, Cf, Cs, Co, Cn, Zl, Zp",
        _each(
            b"a\nb.py",
            b"a\x1b[31m.py",
            "a\u202eyp.py".encode(),
            "a\u200b.py".encode(),
            "a\u2028.py".encode(),
            "a\u2029.py".encode(),
            "a\ue000.py".encode(),
            "a\u0378.py".encode(),
        ),
        "name-control",
    ),
    Row("an empty name", _each(b".", b"a/.", b"", b"a//b.py", b"a/./b.py"), "name-empty"),
    Row(
        "the folder around everything, as bsdtar and Dropbox list it",
        (
            archive(_folder(b"./"), Part(name=b"./main.py")),
            archive(_folder(b"/"), Part(name=b"main.py")),
        ),
        kept=("main.py",),
    ),
    Row("a root with content", _each(b"./", b"/"), "name-empty"),
    Row("an option", (named(b"--config=x.py"),), kept=("--config=x.py",)),
    Row("a file of arguments", (named(b"@a.py"),), kept=("@a.py",)),
    Row("a command", (named(b"$(id).py"),), kept=("$(id).py",)),
    Row(
        "what Windows cannot store",
        _each(
            b"CON.py",
            b"lpt1.tar.py",
            b"nul/a.py",
            b"NUL .py",
            b"CONIN$",
            "com¹.py".encode(),
            b"a.py.",
            b"a.py ",
            b"a /b.py",
            b"cc:stream.py",
        ),
        "name-reserved",
    ),
    Row("a name that only begins like a device", (named(b"console.py"),), kept=("console.py",)),
    Row(
        "a symbolic link among files, to a file or a folder, or without Python's suffix",
        tuple(
            archive(Part(), Part(name=b"pkg/tools.py"), replace(_LINK, name=name))
            for name in (b"link.py", b"folder", b"pkg/run.py")
        ),
        kept=("main.py", "pkg/tools.py"),
    ),
    Row(
        "a link to a folder, and a file behind it",
        (
            archive(Part(), replace(_LINK, name=b"d"), Part(name=b"d/x.py")),
            archive(Part(), Part(name=b"D/a/x.py"), replace(_LINK, name=b"d")),
            archive(Part(), replace(_LINK, name=b"d"), _folder(b"d/")),
            archive(Part(), replace(_LINK, name=b"d"), replace(_LINK, name=b"d/e.py")),
        ),
        "symlink",
    ),
    Row("a link that says it is a folder", _each(b"d/", mode=_LINK.mode), "special-file"),
    Row("a link of the name of a file", (archive(_LINK, Part(name=b"Link.py")),), "duplicate-name"),
    Row(
        "a link that leads out by its name",
        (archive(Part(), replace(_LINK, name=b"../link.py")),),
        "name-traversal",
    ),
    Row(
        "a link whose target is damaged, or a bomb",
        (archive(Part(), replace(_LINK, crc=1)),),
        "bad-crc",
    ),
    Row("nothing but links", (archive(_LINK),), "no-python-files"),
    Row(
        "a device, a pipe or a socket",
        tuple(
            archive(Part(), Part(name=b"x.py", mode=kind | 0o644))
            for kind in (stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK)
        ),
        "special-file",
    ),
    Row("setuid", (archive(Part(mode=0o106755 & ~0o002000)),), kept=("main.py",)),
    Row(
        "a folder with data",
        (
            archive(Part(), _folder(b"d/", CODE)),
            archive(Part(), _folder(b"d/", CODE, mode=0o100644)),
            archive(Part(), _folder(b"d", CODE)),
            archive(Part(), Part(name=b"d.py", mode=0, made_by=20, dos_attributes=0x10)),
        ),
        "folder-with-data",
    ),
    Row(
        "a file that is a folder too",
        (
            named(b"a", b"a/b.py"),
            named(b"A", b"a/b/c.py"),
            archive(Part(name=b"a.py"), _folder(b"a.py/")),
        ),
        "name-conflict",
    ),
    Row("one name twice", _pairs((b"a.py", b"a.py"), (b"./a.py", b"a.py")), "duplicate-name"),
    Row(
        "names that some computer takes for one",
        _pairs(
            (b"A.py", b"a.py"),
            ("é.py".encode(), "e\u0301.py".encode()),
            ("\ufb01.py".encode(), b"fi.py"),
            (b"pkg/a.py", b"pkg\\a.py"),
        ),
        "duplicate-name",
    ),
    Row(
        "UTF-8 that is none",
        _each(b"\xff.py", b"\xed\xa0\x80.py", b"\xc0\xae.py", flags=0x800),
        "name-not-utf8",
    ),
    Row("UTF-8 that does not say so", (named("naïve.py".encode()),), kept=("naïve.py",)),
    Row("code page 437", (named("naïve.py".encode("cp437")),), kept=("naïve.py",)),
    Row("GBK, read as code page 437", (named("数字.py".encode("gbk")),), kept=("╩²╫╓.py",)),
    Row(
        "a Unicode path field",
        (archive(Part(extra=unicode_path(b"main.py", "größe.py".encode()))),),
        kept=("größe.py",),
    ),
    Row(
        "a Unicode path field of another name",
        (archive(Part(extra=unicode_path(b"other.py", b"../../evil.py"))),),
        kept=("main.py",),
    ),
    Row(
        "a Unicode path field that leads out, or an unsafe name beside a safe field",
        (
            archive(Part(extra=unicode_path(b"main.py", b"../../evil.py"))),
            archive(Part(name=b"../main.py", extra=unicode_path(b"../main.py", b"main.py"))),
        ),
        "name-traversal",
    ),
    Row(
        "a Unicode path field that is no UTF-8",
        (archive(Part(extra=unicode_path(b"main.py", b"\xff"))),),
        "name-not-utf8",
    ),
    Row(
        "two Unicode path fields",
        (
            archive(
                Part(extra=unicode_path(b"main.py", b"a.py") + unicode_path(b"main.py", b"b.py"))
            ),
        ),
        "bad-extra",
    ),
    Row(
        "a long name",
        _each(b"a" * 98 + b".py", b"a" * 65_000 + b".py", b"/".join([b"a" * 60] * 5) + b"/x.py"),
        "name-too-long",
    ),
    Row(
        "folders in folders",
        _each(b"d/" * 17 + b"x.py", b"d/" * 2_000 + b"x.py", b"d/" * 32_000 + b"x.py"),
        "name-too-deep",
    ),
    Row(
        "fresh folders by the thousand",
        (named(*(b"".join(b"%d-%d/" % (n, m) for m in range(900)) + b"x.py" for n in range(20))),),
        "name-too-deep",
    ),
    Row("sixteen folders", (named(b"d/" * 16 + b"x.py"),), kept=("d/" * 16 + "x.py",)),
)
