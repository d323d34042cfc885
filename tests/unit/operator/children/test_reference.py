"""The reference in docs/resource.md is what the CRD says. `make golden` regenerates its tables."""

import re

import pytest

from fakes import crd

PAGE = crd.ROOT / "docs/resource.md"
TABLE = "<!-- {name} -->\n{rows}\n<!-- end of {name} -->"

HEAD = ("| field | type and default | meaning |", "| --- | --- | --- |")


def rows(node, path=""):
    """Yield a row for each field, by the path that `kubectl explain` takes."""
    required = node.get("required", ())
    for name, child in node.get("properties", {}).items():
        inner = child.get("items", child)
        yield f"| `{path}{name}` | {kind(child, name in required)} | {meaning(child)} |"
        yield from rows(inner, f"{path}{name}.")


def kind(node, required):
    """Say what to write: the type, and the default or that there has to be one."""
    type_ = node.get("type", "string")
    if type_ == "array":
        type_ = f"list of {node['items']['type']}s"
    written = {"": '`""`', "{}": "", "[]": "none", "True": "`true`", "False": "`false`"}
    default = str(node["default"]) if "default" in node else None
    shown = "required" if required else written.get(default, f"`{default}`") if default is not None else ""
    return ", ".join(filter(None, (type_, shown.replace("['", "[").replace("']", "]"))))


def meaning(node):
    """Say what it is for, between which bounds, and what is refused."""
    parts = [node["description"]]
    if "enum" in node:
        parts.append("One of " + ", ".join(f"`{value}`" for value in node["enum"]) + ".")
    if "minimum" in node:
        parts.append(f"From {node['minimum']:,}" + (f" to {node['maximum']:,}." if "maximum" in node else "."))
    rules = [*node.get("x-kubernetes-validations", ()), *node.get("items", {}).get("x-kubernetes-validations", ())]
    parts += [f"Rule: {rule['message']}." for rule in rules]
    return re.sub("<name>-[a-z]+-<publisher>", r"`\g<0>`", " ".join(parts).replace("|", "\\|"))


def table(name):
    node = crd.schema()["properties"][name]
    return TABLE.format(
        name=name, rows="\n".join(["| field | type and default | meaning |", "| --- | --- | --- |", *rows(node)])
    )


@pytest.mark.parametrize("name", ["spec", "status"])
def test_reference_says_what_the_crd_says(request, name):
    text = PAGE.read_text()
    found = re.search(rf"<!-- {name} -->.*<!-- end of {name} -->", text, flags=re.DOTALL)
    assert found, f"docs/resource.md has no place for {name}"
    if request.config.getoption("--regenerate-golden", default=False):
        PAGE.write_text(text.replace(found[0], table(name)))
    assert table(name) in PAGE.read_text(), "review the change of the CRD, then run `make golden`"
