"""The INI dialect of oslo.config: reading what a user wrote, strictly and by line, and writing values safely.

Pure. It knows nothing of options.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from panko_operator.children.text import characters
from panko_operator.errors import CustomConfigError, InputError

Sections = Mapping[str, Mapping[str, str]]


@dataclasses.dataclass(slots=True)
class Assignment:
    """One `key = value` of a section, and the line it starts at. A value may go on over indented lines."""

    section: str
    key: str
    value: str
    line: int


def parse(text: str, source: str) -> list[Assignment]:
    """Read INI text; raise CustomConfigError with the line. `source` is the field that the user wrote it in."""
    control = characters.forbidden(text)
    if control:
        raise refusal(source, control[0], f"it holds the control character {control[1]}; remove it")
    assignments: dict[tuple[str, str], Assignment] = {}
    for assignment in scan(text, source):
        known = assignments.setdefault((assignment.section, assignment.key), assignment)
        if known is not assignment:
            raise refusal(
                source,
                assignment.line,
                f"[{assignment.section}] {assignment.key} is set in line {known.line} already; keep one of them",
            )
    return list(assignments.values())


def scan(text: str, source: str) -> Iterator[Assignment]:
    """Yield the assignments in order. Section and key are normalised as oslo.config looks them up."""
    section = ""
    current: Assignment | None = None
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.rstrip()
        if line[:1] in {" ", "\t"}:
            if current is None:
                raise refusal(
                    source, number, "an indented line continues a value, and there is none above; indent less"
                )
            current.value += f"\n{line.strip()}"
            continue
        if current:
            yield current
            current = None
        if line.startswith("["):
            section = section_name(line, source, number)
        elif line and line[0] not in "#;":
            current = assignment_of(line, section, source=source, number=number)
    if current:
        yield current


def section_name(line: str, source: str, number: int) -> str:
    """Read `[section]`."""
    name = line[1:-1].strip()
    if not line.endswith("]") or not name:
        raise refusal(source, number, "a section is written as [name]")
    return "DEFAULT" if name.upper() == "DEFAULT" else name.lower()


def assignment_of(line: str, section: str, *, source: str, number: int) -> Assignment:
    """Read `key = value`; a colon does as well."""
    ends = [position for position in (line.find("="), line.find(":")) if position >= 0]
    key = line[: min(ends)].strip() if ends else ""
    if not key:
        raise refusal(source, number, "an option is written as key = value")
    if not section:
        raise refusal(source, number, f"{key} is in no section; write [DEFAULT] or another section above it")
    return Assignment(section, key.replace("-", "_"), line[min(ends) + 1 :].strip(), number)


def refusal(source: str, line: int, problem: str) -> CustomConfigError:
    """Make the error that names the field and the line."""
    return CustomConfigError(f"spec.{source} line {line}: {problem}.")


def literal(value: str) -> str:
    r"""Write a value so that oslo.config reads just this.

    It would replace `$name`, so `$` becomes `\$` (its other escape, `$$`, goes wrong after a backslash), and it strips
    blanks and one pair of quotes, so what begins or ends with those is quoted.
    """
    if any(character in value for character in "\r\n"):
        raise InputError("A name or password holds a line break; write it in its Secret without one.")
    escaped = value.replace("$", r"\$")
    needs_quotes = escaped != escaped.strip() or escaped[:1] in {"'", '"'}
    return f'"{escaped}"' if needs_quotes else escaped


def render(sections: Sections) -> str:
    """Write sections and keys in their order. Values are written as they are: `literal` makes them safe."""
    return "\n".join(
        f"[{name}]\n"
        + "".join(f"{key} = {value}\n".replace("\n", "\n    ").rstrip(" ") for key, value in options.items())
        for name, options in sections.items()
    )


def repeated(section: str, key: str, values: Sequence[str]) -> str:
    """Write an option that has several values, each in a line of its own."""
    return f"[{section}]\n" + "".join(f"{key} = {value}\n" for value in values)
