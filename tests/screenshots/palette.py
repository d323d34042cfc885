"""A picture with 256 colours at most, a third as large: screens have few, and letters many shades of them."""

import base64
import struct
import zlib

from playwright.sync_api import Page

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# The most frequent colours that differ, and for every other one the nearest of those. A browser has the pixels at hand.
READ = """async (encoded) => {
    const image = new Image();
    image.src = "data:image/png;base64," + encoded;
    await image.decode();
    const { width, height } = image;
    const pen = new OffscreenCanvas(width, height).getContext("2d");
    pen.drawImage(image, 0, 0);
    const shades = new Uint32Array(pen.getImageData(0, 0, width, height).data.buffer);
    const counts = new Map();
    for (const shade of shades) counts.set(shade, (counts.get(shade) || 0) + 1);
    const parts = (shade) => [shade & 255, (shade >> 8) & 255, (shade >> 16) & 255];
    const far = (one, other) => one.reduce((sum, part, place) => sum + (part - other[place]) ** 2, 0);
    const kept = [];
    for (const [shade] of [...counts].sort((one, other) => other[1] - one[1])) {
        if (kept.length < 256 && kept.every((one) => far(one, parts(shade)) > 100)) kept.push(parts(shade));
    }
    const nearest = (shade) => {
        const wanted = parts(shade);
        return kept.reduce((best, one, place) => far(one, wanted) < far(kept[best], wanted) ? place : best, 0);
    };
    const places = new Map([...counts.keys()].map((shade) => [shade, nearest(shade)]));
    let rows = "";
    for (let place = 0; place < shades.length; place++) rows += String.fromCharCode(places.get(shades[place]));
    return { width, height, colours: kept.flat(), rows: btoa(rows) };
}"""


def small(page: Page, picture: bytes) -> bytes:
    """Return a PNG with few colours; `page` is one that does not matter."""
    read = page.evaluate(READ, base64.b64encode(picture).decode())
    width, height, pixels = read["width"], read["height"], base64.b64decode(read["rows"])
    lines = b"".join(b"\0" + pixels[start : start + width] for start in range(0, width * height, width))
    parts = (
        ("IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        ("PLTE", bytes(read["colours"])),
        ("IDAT", zlib.compress(lines, 9)),
        ("IEND", b""),
    )
    return SIGNATURE + b"".join(_chunk(kind.encode(), content) for kind, content in parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
