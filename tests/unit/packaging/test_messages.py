"""Messages to a person, as the code has them: sentences end, and plain words are used.

A text that begins with a small letter is a part of a sentence. What ends with a value, a quotation of somebody else's
words, ends as they do.
"""

import ast
import re

from rendering.programs import REPOSITORY

FILES = sorted(
    path
    for folder in ("service/panko", "operator/panko_operator", "client/panko_client")
    for path in (REPOSITORY / folder).rglob("*.py")
)
# Not what only a programmer or a driver is told.
SPEAKERS = re.compile(
    r"(?!Operational|Assertion|Type|Value|NotImplemented|StepOrder)\w*(Error|Fault|Failure|Observation|Condition|done|note)$"
)
# The words of the API's first version, which clients may look for.
ORIGINAL = {
    "Parameter {} was given several times",
    "RBAC Authorization Failed",
    "Request must be a JSON dict",
    "Unable to parse date string '{}'",
    'Unknown argument: "{}"',
}
# The step that is told of these adds where the login is from, or the client tries again by itself.
CONTINUED = {
    "The API server does not answer ({} {} {}: {}); it is tried again",
    "The database server {} refuses the user {}; check its name and password",
}
ODD = re.compile(r"\b(mend(s|ed)?|anew|such with|no YAML|give it some)\b|\b[Ss]et .* right\b")


def written(node):
    """Return a text as it stands in the code, `{}` for each value; None for what is no text."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(one.value if isinstance(one, ast.Constant) else "{}" for one in values)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return (written(left) or "{}") + (written(right) or "{}")
    return None


def messages(path):
    """Yield every text that is told by an error, a fault or a condition, also by way of a variable."""
    tree = ast.parse(path.read_text())
    assigned = sorted(
        (node.lineno, node.targets[0].id, written(node.value))
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and written(node.value)
    )
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and SPEAKERS.match(ast.unparse(node.func).rpartition(".")[2]):
            for given in node.args:
                text = written(given)
                if isinstance(given, ast.Name):
                    before = [told for line, name, told in assigned if name == given.id and line < node.lineno]
                    text = before[-1] if before else None
                if text and " " in text:
                    yield text


ALL = {text for path in FILES for text in messages(path)}


def test_the_walk_sees_messages_of_each_kind():
    assert len(ALL) > 100
    for known in (
        "The API is not asked while spec.replicas is 0.",  # of a condition
        "The body is empty; send an event or a list of events, as JSON.",  # of the API
        "The database {} does not exist on {}:{}; create it.",  # of an error
        "{} does not answer ({}); look at the Service and the pods behind it.",  # by way of a variable
    ):
        assert known in ALL


def test_a_sentence_ends_with_a_period():
    sentences = {text for text in ALL if re.match(r"[A-Z{\[]", text)}
    open_ended = {text for text in sentences if not text.endswith((".", "{}", "?"))}
    assert open_ended - CONTINUED - ORIGINAL == set()


def test_plain_words_are_used():
    assert {text for text in ALL if ODD.search(text)} == set()
