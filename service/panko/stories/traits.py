"""The traits of an event by their names, as texts."""

from collections.abc import Mapping

from panko.event import Event

# The thing itself first, then what else events name it by.
IDS = ("resource_id", "instance_id", "volume_id", "share_id", "nova_instance_id", "target_id")
# What nova is asked for about a server, as the audit middleware has it; a web server may put something in front.
SERVER_PATHS = tuple(
    f"{prefix}/v2.1/servers/{{id}}{end}"
    for prefix in ("", "/compute")
    for end in ("", "/action", "/os-volume_attachments")
)
PEOPLE = ("user_id", "initiator_id")
NAMES = ("display_name", "name", "instance_name")


def texts(event: Event) -> Mapping[str, str]:
    """Return the traits that have a value; of a name that is there twice, the first."""
    backwards = reversed(event.traits)
    return {trait.name: str(trait.value) for trait in backwards if trait.value is not None and trait.value != ""}


def first(traits: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    """Return the first of these traits that there is."""
    return next((traits[name] for name in names if name in traits), None)
