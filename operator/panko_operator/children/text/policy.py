"""The policy overrides of a Panko: YAML that maps a rule's name to its check, read strictly and by line.

Pure. `check` tells what a policy means, and knows the service's rules by name.
"""

import dataclasses
from collections.abc import Mapping

import yaml

from panko_operator.children.text import characters, checks
from panko_operator.children.text.known import RULES
from panko_operator.errors import CustomConfigError

STRING_TAG = "tag:yaml.org,2002:str"
NULL_TAG = "tag:yaml.org,2002:null"


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the user, and the line it starts at."""

    check: str
    line: int


def check(text: str) -> None:
    """Raise CustomConfigError with the line unless every rule does what it says."""
    rules = read(text)
    referred = {name for rule in rules.values() for name in checks.references(rule.check)}
    every = {**RULES, **{name: rule.check for name, rule in rules.items()}}
    for name, rule in rules.items():
        problem = checks.problem(rule.check)
        if problem:
            raise refusal(rule.line, f"the check of rule {name}: {problem}")
        if name not in RULES and name not in referred:
            raise refusal(
                rule.line,
                f"the service has no rule {name}, and no other rule refers to it; write one of {', '.join(RULES)}",
            )
        for missing in checks.references(rule.check):
            if missing not in every:
                raise refusal(
                    rule.line, f"rule {name} refers to rule:{missing}, which is not there; define it or remove it"
                )
        if name in reached(name, every):
            raise refusal(rule.line, f"rule {name} refers to itself, maybe by way of others; break the circle")


def reached(name: str, rules: Mapping[str, str]) -> set[str]:
    """Return the rules that a rule refers to, directly or by way of others."""
    found: set[str] = set()
    ahead = [name]
    while ahead:
        new = [each for each in checks.references(rules.get(ahead.pop(), "")) if each not in found]
        found.update(new)
        ahead += new
    return found


def parse(text: str) -> dict[str, str]:
    """Read `spec.policy` to names and checks; raise CustomConfigError with the line."""
    return {name: rule.check for name, rule in read(text).items()}


def read(text: str) -> dict[str, Rule]:
    """Read `spec.policy`; raise CustomConfigError with the line."""
    root = compose(text)
    if root is None or root.tag == NULL_TAG:
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise refusal(line_of(root), 'write rules as "telemetry:events:index": "role:reader"')
    rules: dict[str, Rule] = {}
    for key, value in root.value:
        name = scalar(key, "the name of a rule")
        if name in rules:
            raise refusal(line_of(key), f"rule {name} is there twice; keep one")
        rules[name] = Rule(scalar(value, f"the check of rule {name}"), line_of(key))
    return rules


def compose(text: str) -> yaml.Node | None:
    """Read YAML; raise CustomConfigError with the line."""
    control = characters.forbidden(text)
    if control:
        raise refusal(control[0], f"it holds the control character {control[1]}, which is not allowed; remove it")
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise refusal(line, f"this is not YAML, {error.problem}") from error
    except yaml.YAMLError as error:
        raise refusal(1, "this is not YAML, it holds a character that YAML does not allow") from error


def render(text: str) -> str:
    """Write policy.yaml: the rules in the order of the spec, in YAML that reads alike everywhere."""
    return yaml.safe_dump(parse(text), sort_keys=False, width=1000)


def scalar(node: yaml.Node, what: str) -> str:
    """Return the text of a node; numbers, booleans, lists and tags are refused."""
    if not isinstance(node, yaml.ScalarNode) or node.tag != STRING_TAG:
        raise refusal(line_of(node), f"{what} has to be text; write it in double quotes")
    return str(node.value)


def line_of(node: yaml.Node) -> int:
    """Return the line a node starts at, counted from 1."""
    return int(node.start_mark.line) + 1


def refusal(line: int, problem: str) -> CustomConfigError:
    """Make the error that names the line."""
    return CustomConfigError(f"spec.policy line {line}: {problem}.")
