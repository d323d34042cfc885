"""The commands that pages show for somebody to type."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*/README.md"))]
BLOCK = re.compile(r"^ *```(?:console|sh)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


def commands(*begins):
    """Return those that begin so, each with its page; continued lines are one, and notes beside them are left out."""
    found = []
    for page in PAGES:
        for block in BLOCK.findall(page.read_text()):
            for line in re.sub(r"\\\n *", "", block).splitlines():
                typed = re.split(r" && | & | \| ", re.split(r" +# ", line.strip().removeprefix("$ "))[0])
                found += [(page.relative_to(ROOT), one.strip()) for one in typed if one.strip().startswith(begins)]
    return found


def called(command):
    """Name a test after a command and its page."""
    page, line = command
    return f"{page}: {line[:60]}"
