"""The language of oslo.policy's checks: whether a check can be parsed, and which rules it refers to.

Pure. oslo.policy turns what it cannot parse into a refusal of everybody, in silence; here it is an error. The
reductions are those of its parser, so that both have one verdict: a test compares them.
"""

import collections
from collections.abc import Iterator, Mapping

CHECK, AND, OR, BOTH, EITHER, NOT, TEXT = "c", "&", "|", "a", "o", "!", "s"
WORDS: Mapping[str, str] = {"and": AND, "or": OR, "not": NOT}
# What is on the stack, and what becomes of it; BOTH and EITHER are joined checks that can be joined further.
REDUCTIONS: Mapping[str, str] = {
    "(c)": CHECK, "(a)": CHECK, "(o)": CHECK,
    "c&c": BOTH, "a&c": BOTH, "o&c": EITHER,
    "c|c": EITHER, "a|c": EITHER, "o|c": EITHER,
    "!c": CHECK,
}  # fmt: skip


def problem(check: str) -> str | None:
    """Say why a check cannot be parsed; None when it can. An empty one lets everybody."""
    if not check:
        return None
    stack = ""
    for kind, text in tokens(check):
        if kind == CHECK and text not in {"!", "@"}:
            if ":" not in text:
                return f"{text} is no check; write kind:match, such as role:reader, or @ for everybody, or ! for nobody"
            if not _can_be_filled(text.partition(":")[2]):
                return f"{text} cannot be filled; write %(name)s for what is known of the caller or the event"
        stack = _reduced(stack + kind)
    if stack in {CHECK, BOTH, EITHER}:
        return None
    return "it cannot be parsed; look for an operator without a check beside it, and for parentheses without a partner"


def references(check: str) -> list[str]:
    """Return the rules that a check refers to."""
    found = (text.partition(":") for kind, text in tokens(check) if kind == CHECK)
    return [match for kind, _, match in found if kind == "rule"]


def tokens(check: str) -> Iterator[tuple[str, str]]:
    """Yield kind and text of each token. Parentheses belong to a word's inside, not to its ends."""
    for word in check.split():
        inner = word.lstrip("(")
        yield from (("(", "("),) * (len(word) - len(inner))
        clean = inner.rstrip(")")
        if clean:
            yield _kind(inner, clean), clean
        yield from ((")", ")"),) * (len(inner) - len(clean))


def _kind(word: str, clean: str) -> str:
    if clean.lower() in WORDS:
        return WORDS[clean.lower()]
    quoted = len(word) > 1 and word[0] == word[-1] and word[0] in "\"'"
    return TEXT if quoted else CHECK


def _reduced(stack: str) -> str:
    while True:
        size = next((size for size in (3, 2) if stack[-size:] in REDUCTIONS and len(stack) >= size), 0)
        if not size:
            return stack
        stack = stack[:-size] + REDUCTIONS[stack[-size:]]


def _can_be_filled(match: str) -> bool:
    try:
        _ = match % collections.defaultdict(str)
    except (ValueError, TypeError):
        return False
    return True
