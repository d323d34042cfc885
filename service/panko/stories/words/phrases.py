"""What an event type says: a verb, the kind of thing, and what else belongs into the sentence."""

import dataclasses
from collections.abc import Mapping

from panko.stories.words.tables import ACTIONS, NOUNS, TAILS


@dataclasses.dataclass(frozen=True, slots=True)
class Phrase:
    """What is done, to what. `tails` are pieces with names of traits, each said when its traits are there.

    `unnamed` stands for a noun whose trait is missing; `tried` is for what a failure leaves undone in the words
    themselves: nobody logged in and failed.
    """

    verb: str
    noun: str = ""
    tails: tuple[str, ...] = ()
    unnamed: str = ""
    tried: bool = False


# What no noun and action make.
SPECIAL: Mapping[str, Phrase] = {
    "identity.authenticate": Phrase("log in", tails=("as {initiator_name}", "from {initiator_host_addr}"), tried=True),
    "identity.role_assignment.created": Phrase(
        "grant",
        "role {role}",
        ("to user {user}", "to group {group}", "in project {project}", "in domain {domain}"),
        "a role",
    ),
    "identity.role_assignment.deleted": Phrase(
        "revoke",
        "role {role}",
        ("of user {user}", "of group {group}", "in project {project}", "in domain {domain}"),
        "a role",
    ),
    "image.send": Phrase("send", "image {image_id}", ("to {destination_ip}",), "an image"),
    "objectstore.http.request": Phrase("ask", "swift", ("to {action}", "{target_metadata_path}")),
    "scheduler.select_destinations": Phrase("choose a host for", "a server"),
    "compute_task.build_instances": Phrase("build", "a server"),
}
AUDIT = Phrase("ask", "{target_name}", ("to {action} {requestPath}",), "an API")
EXISTS = "exists"


def phrase_of(stem: str) -> Phrase | None:
    """Return the phrase of a stem; one that no table has is read by its last word; None when that is no verb."""
    if stem in SPECIAL:
        return SPECIAL[stem]
    noun, action = _noun(stem)
    verb = ACTIONS.get(action)
    return Phrase(verb, noun, TAILS.get(stem, ())) if verb else None


def noun_of(stem: str) -> str:
    """Return what a thing of this type is called."""
    return _noun(stem)[0]


def _noun(stem: str) -> tuple[str, str]:
    """Return the noun of the longest prefix that has one, and what is left of the stem."""
    words = stem.split(".")
    for count in range(len(words) - 1, 0, -1):
        prefix = ".".join(words[:count])
        if prefix in NOUNS:
            return NOUNS[prefix], ".".join(words[count:])
    return " ".join(words[:-1]).replace("_", " ").replace(":", " "), words[-1]
