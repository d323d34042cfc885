"""The policy overrides of a Panko: YAML that maps a rule's name to its check, read strictly and by line.

Pure. Whether a rule exists is the service's business.
"""

import yaml

from panko_operator.errors import CustomConfigError

STRING_TAG = "tag:yaml.org,2002:str"
NULL_TAG = "tag:yaml.org,2002:null"


def parse(text: str) -> dict[str, str]:
    """Read `spec.policy`; raise CustomConfigError with the line."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise refusal(line, f"this is no YAML, {error.problem}") from error
    except yaml.YAMLError as error:
        raise refusal(1, "this is no YAML, it holds a character that YAML does not allow") from error
    if root is None or root.tag == NULL_TAG:
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise refusal(line_of(root), 'write rules as "telemetry:events:index": "role:reader"')
    rules: dict[str, str] = {}
    for key, value in root.value:
        name = scalar(key, "the name of a rule")
        if name in rules:
            raise refusal(line_of(key), f"rule {name} is there twice; keep one")
        rules[name] = scalar(value, f"the check of rule {name}")
    return rules


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
