"""Templates become HTML. Everything is escaped, and what a template asks for has to be there."""

import functools
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2

from panko.explore.views import texts

FOLDER = Path(__file__).parent / "templates"
QUICK = 4  # of gzip: a screen is made once
GZIP = 16 + zlib.MAX_WBITS
PAUSE = "\0"  # no text that is stored has one


def environment() -> jinja2.Environment:
    """Return what renders templates. Whoever stores events writes what is shown: nothing may switch escaping off."""
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.filters |= {"shown": texts.shown, "short": texts.shortened, "block": texts.block}
    found.globals |= {"pause": PAUSE, "once": functools.cache}
    return found


def pieces(templates: jinja2.Environment, name: str, values: dict[str, Any]) -> Iterator[bytes]:
    """Render a template: what stands before each `pause` in it is there before the rest is looked for.

    Halves of surrogate pairs, which no UTF-8 can hold, are written out.
    """
    made: list[str] = []
    for piece in templates.get_template(name).generate(values):
        made.append(piece)
        if PAUSE in piece:
            yield "".join(made).replace(PAUSE, "").encode(errors="backslashreplace")
            made.clear()
    yield "".join(made).encode(errors="backslashreplace")


def packed(plain: Iterator[bytes]) -> Iterator[bytes]:
    """Pack pieces so that each can be read when it arrives."""
    packing = zlib.compressobj(QUICK, wbits=GZIP)
    for piece in plain:
        yield packing.compress(piece) + packing.flush(zlib.Z_SYNC_FLUSH)
    yield packing.flush()
