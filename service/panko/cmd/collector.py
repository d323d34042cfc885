"""`panko-collector`: takes notifications from RabbitMQ and stores them as events; `replay` takes dead letters again."""

import sys
from collections.abc import Sequence

from oslo_config import cfg

from panko import config
from panko.collector import extra
from panko.collector.letters import Reason
from panko.errors import ConfigurationError, PankoError

COLLECT, REPLAY = "collect", "replay"
CLI_OPTS = (
    cfg.StrOpt(
        "action",
        positional=True,
        required=False,
        default=COLLECT,
        choices=(
            (COLLECT, "store what is notified, until SIGTERM; so without any word"),
            (REPLAY, "go through the dead letters once, and store what can be stored now"),
        ),
        help="What to do.",
    ),
    cfg.BoolOpt("dry-run", default=False, help="With replay: say what would become of dead letters, and change none."),
    cfg.IntOpt("limit", default=0, min=0, help="With replay: the dead letters that leave the queue at most; 0: all."),
    cfg.MultiStrOpt(
        "reason",
        default=[],
        help=f"With replay: take only dead letters of this reason, which may be given again. They are "
        f"{', '.join(Reason)}.",
    ),
)
EVERY = sys.maxsize


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command. Return its exit code."""
    given = sys.argv[1:] if argv is None else argv
    try:
        conf = config.load(given, prog="panko-collector", cli_opts=CLI_OPTS)
        extra.require()
        return _replay(conf) if conf.action == REPLAY else _collect(conf)
    except PankoError as error:
        print(f"panko-collector: {error}", file=sys.stderr)
        return 1


def _collect(conf: cfg.ConfigOpts) -> int:
    from panko.collector import service  # noqa: PLC0415 - --help and a wrong option answer without the extra

    if conf.dry_run or conf.limit or conf.reason:
        raise ConfigurationError("--dry-run, --limit and --reason belong to replay: panko-collector replay --dry-run.")
    return 0 if service.run(conf) else 1


def _replay(conf: cfg.ConfigOpts) -> int:
    from panko.collector.replay import command, passing  # noqa: PLC0415 - as above

    unknown = sorted(set(conf.reason) - set(Reason))
    if unknown:
        raise ConfigurationError(f"--reason knows {', '.join(Reason)}, and not {unknown[0]}.")
    wanted = passing.Wanted(frozenset(conf.reason), conf.limit or EVERY, is_dry=conf.dry_run)
    print(command.replay(conf, wanted).described(is_dry=wanted.is_dry))
    return 0


if __name__ == "__main__":
    sys.exit(main())
