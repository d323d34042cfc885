"""Ceilometer's own converter, from its virtual environment: notifications in, events with their traits out.

Run by that environment's Python, of which nothing else is needed: a notification a line on standard input.
"""

import json
import sys

TYPES = {1: "string", 2: "integer", 3: "float", 4: "datetime"}


def main():
    from ceilometer import service  # noqa: PLC0415 - it is in that environment alone
    from ceilometer.event import converter  # noqa: PLC0415 - as above
    from stevedore import extension  # noqa: PLC0415 - as above

    conf = service.prepare_service([], config_files=[])
    plugins = extension.ExtensionManager(namespace="ceilometer.event.trait_plugin")
    convert = converter.setup_events(conf, plugins)
    for line in sys.stdin:
        event = convert.to_event("info", json.loads(line))
        traits = [(trait.name, TYPES[trait.dtype], _text(trait.value)) for trait in event.traits]
        print(json.dumps({"event_type": event.event_type, "generated": _text(event.generated), "traits": traits}))


def _text(value):
    return value.isoformat() if hasattr(value, "isoformat") else value


if __name__ == "__main__":
    main()
