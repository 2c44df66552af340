"""Small files with unusual encodings, characters, grammar or notebooks."""

from __future__ import annotations

import json
from collections.abc import Mapping

_COOKIES = (
    "rot13 hex base64 bz2 zlib uu quopri utf-7 punycode idna utf-16 utf-32 latin-1 cp1252 gbk "
    "unicode_escape raw_unicode_escape undefined mbcs bogus utf_8_sig"
).split()

_BYTES: Mapping[str, bytes] = {
    "utf-7 that does not decode": b"# coding: utf-7\nx = '\xff'\n",
    "punycode that does not decode": b"# coding: punycode\nx = '\xff'\n",
    "latin-1": b"x = '\xe4'\n",
    "utf-16": "x = 1\n".encode("utf-16"),
    "utf-32": "x = 1\n".encode("utf-32"),
    "lone surrogate": b"x = '\xed\xa0\x80'\n",
    "byte order mark": b"\xef\xbb\xbfx = 1\n",
    "two marks": b"\xef\xbb\xbf\xef\xbb\xbfx = 1\n",
    "mark and a cookie": b"\xef\xbb\xbf# coding: latin-1\nx = 1\n",
    "NUL": b"x = 1\0\n",
    "NUL in a string": b"x = '\0'\n",
    "NUL in a comment": b"x = 1 # \0\n",
    "vertical tab": b"x = 1\n\x0bx = 1\n",
    "form feed before an indent": b"if a:\n\x0c    x = 1\n",
    "form feeds": b"\x0c\n" * 2_000 + b"x = 1\n",
    "end of file character": b"x = 1\n\x1a\n",
    "no-break space": b"x\xc2\xa0= 1\n",
    "line separator": b"x = 1\xe2\x80\xa8y = 2\n",
    "line separator in a string": b"x = '\xe2\x80\xa8'\n",
    "next line character": b"x = '\xc2\x85'\n",
    "zero width space": b"a\xe2\x80\x8bb = 1\n",
    "right to left": "x = '\u202e' # \u2066 a\n".encode(),
    "homoglyph": "\u0430 = 1\na = 2\n".encode(),
    "compatible letters": "\U0001d41a = 1\nprint(a)\n".encode(),
    "smart quotes": "x = \u201ca\u201d\n".encode(),
    "old newlines": b"x = 1\r" * 200,
    "mixed newlines": b"x = 1\r\ny = 2\nz = 3\r",
    "mixed indents": b"if a:\n\tx = 1\n        y = 2\n",
    "dedent to nowhere": b"if a:\n        x = 1\n    y = 2\n",
    "return outside": b"return 1\n",
    "await outside": b"await a\n",
    "same argument": b"def f(a, a): pass\n",
    "late global": b"def f():\n    a = 1\n    global a\n",
    "nonlocal outside": b"nonlocal a\n",
    "break outside": b"break\n",
    "star alone": b"*a\n",
    "assigned constant": b"None = 1\n",
    "python 2": b"print 'a'\nexec 'b'\n",
    "old octal": b"x = 0777\n",
    "octal escape": b"x = '\\777'\n",
    "unclosed import": b"from os import (\n",
    "unclosed string": b"x = '''\n" + b"a\n" * 3_000,
    "hidden error": b"def f(:  # noqa\n",
    "newer exceptions": b"try: a\nexcept A, B: pass\n",
    "lazy import": b"lazy import os\n",
    "template string": b"x = t'{a}'\n",
    "newer format string": b'x = f"{d["k"]}"\n',
    "type statement": b"type X = int\n",
    "type parameter": b"def f[T](a: T) -> T: return a\n",
    "only a backslash": b"\\",
    "only a quote": b"'",
    "only a hash": b"#",
    "empty": b"",
    "blanks": b" \t \n" * 1_000,
    "an executable": b"\x7fELF\x02\x01\x01" + b"\0" * 64,
    "a zip": b"PK\x03\x04" + b"\0" * 64,
    "compiled python": b"\xa7\r\r\n" + b"\0" * 64,
}


def odd_sources() -> dict[str, bytes]:
    """Return description -> content of every unusual file."""
    declared = {
        f"declared as {cookie}": f"# coding: {cookie}\nimport os\nx=1\n".encode()
        for cookie in _COOKIES
    }
    return {**declared, **_BYTES}


def _cells(*sources: object, **more: object) -> bytes:
    cells = [{"cell_type": "code", "source": source} for source in sources]
    return json.dumps({"cells": cells, "nbformat": 4, **more}).encode()


#: Notebooks, of which the code in their cells is graded.
NOTEBOOKS: Mapping[str, bytes] = {
    "no JSON": b"{",
    "a list": b"[]",
    "no cells": b"{}",
    "arrays in arrays": b'{"cells": ' + b"[" * 60_000,
    "objects in objects": b'{"cells": ' + b'{"a":' * 30_000,
    "a number": b'{"cells": ' + b"9" * 100_000 + b"}",
    "a number that is none": b'{"cells": NaN}',
    "the same key": b'{"cells": 1, "cells": []}',
    "no UTF-8": b'{"cells": "\xff"}',
    "a lone surrogate": b'{"cells": [{"cell_type": "code", "source": "x = \'\\ud800\'"}]}',
    "NUL": _cells("x = 1\0"),
    "many cells": _cells(*["x = 1"] * 2_500),
    "sources of no kind": _cells(1, None, {}, [1], [["x"]], True),
    "magics": _cells("%%bash\ntrue", "!true", "%run x.py", "x = !true", "?x"),
    "a chain over cells": _cells(*["x = (1"] * 50),
    "a cookie": _cells("# coding: rot13\nx = 1"),
    "a deep cell": _cells("x = " + "[" * 250 + "]" * 250),
    "another language": _cells("x <- 1", metadata={"kernelspec": {"language": "R"}}),
}
