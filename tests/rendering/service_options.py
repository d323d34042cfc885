"""What the operator knows of the service's options and rules: a module of data, made of what the service registers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from keystoneauth1.loading import get_auth_plugin_conf_options
from keystonemiddleware.auth_token import _opts as authtoken
from oslo_config import types
from oslo_log import _options as log
from oslo_middleware import cors
from oslo_middleware import opts as middleware
from oslo_policy import opts as oslo_policy

from panko import opts, policies
from rendering import programs

PATH: Final = programs.REPOSITORY / "operator/panko_operator/children/text/known.py"
_HEADER: Final = '''"""What the service can be told. Made by `make manifests`: change panko.opts or panko.policies.

Options by section and name: kind, least, most, choices. Old names of options. Rules, and their checks by default.
"""

# ruff: noqa: E501 - one option a line
# fmt: off
from collections.abc import Mapping

OPTIONS: Mapping[tuple[str, str], tuple[str, float | None, float | None, tuple[str, ...]]] = {
'''
_USED: Final = {"oslo_middleware", "cors"}  # of what oslo.middleware offers
_LOGINS: Final = ("v3applicationcredential", "password")
_KINDS: Final = (
    (types.Boolean, "boolean"),
    (types.Float, "float"),
    (types.Integer, "integer"),
    (types.List, "list"),
    (types.MultiString, "list"),
)


def text() -> str:
    """Write the module: `(section, option): (kind, least, most, choices)`, old names, and rules."""
    options = {(section, option.dest): option for section, option in _registered()}
    lines = [f"    {key!r}: {_meaning(option)!r}," for key, option in sorted(options.items())]
    old = sorted(
        ((section, name.name.replace("-", "_")), dest)
        for (section, dest), option in options.items()
        for name in option.deprecated_opts
    )
    names = [f"    {key!r}: {dest!r}," for key, dest in dict(old).items()]
    rules = [f"    {rule.name!r}: {rule.check_str!r}," for rule in policies.list_rules()]
    parts = [
        *lines,
        "}",
        "OLD_NAMES: Mapping[tuple[str, str], str] = {",
        *names,
        "}",
        "RULES: Mapping[str, str] = {",
        *rules,
        "}",
        "# fmt: on",
        "",
    ]
    return (_HEADER + "\n".join(parts)).replace("'", '"')


def write() -> None:
    """Regenerate the operator's copy."""
    Path(PATH).write_text(text())


def _registered() -> Iterator[tuple[str, Any]]:
    plugins = [("keystone_authtoken", get_auth_plugin_conf_options(name)) for name in _LOGINS]
    library = [one for one in middleware.list_opts() if one[0] in _USED]
    listed = [*opts.list_opts(), *authtoken.list_opts(), *plugins, *library, ("cors", cors.CORS_OPTS)]
    for section, options in [*listed, *oslo_policy.list_opts(), *log.list_opts()]:
        for option in options:
            yield section or "DEFAULT", option


def _meaning(option: Any) -> tuple[str, float | None, float | None, tuple[str, ...]]:
    kind = next((name for type_, name in _KINDS if isinstance(option.type, type_)), "string")
    least, most = (getattr(option.type, bound, None) for bound in ("min", "max"))
    return kind, least, most, tuple(map(str, getattr(option.type, "choices", None) or ()))
