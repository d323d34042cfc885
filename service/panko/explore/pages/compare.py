"""`/explore/compare`: two events side by side, and what differs."""

import dataclasses

import falcon

from panko.api.messages import serialize
from panko.event import Event
from panko.explore.pages import event
from panko.explore.pages.asking import Asking
from panko.explore.views import texts
from panko.literals import format_timestamp
from panko.stories import names_in, of_event


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """One line of a comparison; `kind` is same, changed, added or removed."""

    name: str
    first: str
    second: str
    kind: str


def differences(first: Event, second: Event) -> list[Difference]:
    """Return what two events say, by name."""
    left, right = _said(first), _said(second)
    names = sorted({*left, *right}, key=lambda name: (name not in OWN, name.casefold(), name))
    return [_difference(name, left.get(name), right.get(name)) for name in names]


OWN = ("event type", "generated")


def _said(one: Event) -> dict[str, str]:
    said = {"event type": one.event_type}
    if one.generated is not None:
        said["generated"] = format_timestamp(one.generated)
    for trait in one.traits:
        name = trait.name if trait.name not in said else f"{trait.name} ({trait.type.api_name})"
        said[name] = serialize.trait_value(trait.value)
    return said


def _difference(name: str, left: str | None, right: str | None) -> Difference:
    kind = "added" if left is None else "removed" if right is None else "same" if left == right else "changed"
    return Difference(texts.shown(name), texts.shown(left or ""), texts.shown(right or ""), kind)


@dataclasses.dataclass(frozen=True, slots=True)
class Compare:
    """Two events."""

    asking: Asking

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """Show what differs, or ask for the second event."""
        sent = dict(self.asking.place(request).arguments)
        found = [self._find(request, sent[name]) if sent.get(name) else None for name in ("a", "b")]
        first, second = found
        shows_all = sent.get("same") == "true"
        both = differences(first, second) if first and second else []
        place = self.asking.place(request)
        self.asking.screen.show(
            request,
            response,
            "compare.html",
            ids=[sent.get(name, "") for name in ("a", "b")],
            titles=[texts.sentence(of_event(one, names_in([one]))) if one else "" for one in found],
            has_both=bool(both),
            differences=[one for one in both if shows_all or one.kind != "same"],
            same=sum(one.kind == "same" for one in both),
            shows_all=shows_all,
            other=place.changed(same=None if shows_all else "true"),
            everybody=sent.get("all_projects") == "true",
        )

    def _find(self, request: falcon.Request, message_id: str) -> Event:
        said = (("all_projects", request.get_param("all_projects") or ""),)
        return event.found(event.of_id(self.asking, request, message_id, said=said), message_id)
