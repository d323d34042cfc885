"""What every step of one pass starts from: the Panko, the body that it was read from, and the world."""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager

from panko_operator.children.parts import digest
from panko_operator.corrections import Correcting, Correction
from panko_operator.passes import fights
from panko_operator.resource import RECONCILE_ANNOTATION, Panko, ownership
from panko_operator.world import Manifest, World
from panko_operator.world.values import Owner

Reference = tuple[str, str, str]


def reference(child: Manifest) -> Reference:
    """Return which object of the Panko's namespace a manifest or a live object is."""
    return child["apiVersion"], child["kind"], child["metadata"]["name"]


def versions(*found: Manifest) -> tuple[str, ...]:
    """Return the versions of live objects, which change with anything about them."""
    return tuple(str(live["metadata"].get("resourceVersion")) for live in found)


@dataclasses.dataclass(frozen=True, slots=True, repr=False)
class Context:
    """One pass over one Panko. Nothing in it changes; what a step finds is a fact."""

    panko: Panko
    body: Manifest
    world: World
    # Every child that the pass wants to be there; steps add to it, and what is pruned in the end alone reads it.
    wanted: set[Reference] = dataclasses.field(default_factory=set)
    # What others had changed and this pass has put right.
    corrected: list[Correction] = dataclasses.field(default_factory=list)

    @property
    def image(self) -> str:
        """The service's image: as in the spec, else the operator's own default."""
        return self.panko.spec.image or self.world.panko_image

    @property
    def collector_image(self) -> str:
        """The collector's image: as in the spec, else the operator's own default."""
        wanted = self.panko.spec.collector
        return (wanted and wanted.image) or self.world.collector_image

    @property
    def qualified_name(self) -> str:
        """The namespace and name."""
        return f"{self.panko.namespace}/{self.panko.name}"

    @property
    def version(self) -> str:
        """A digest that is another one when the spec or an annotation of the Panko is."""
        metadata = self.body["metadata"]
        return digest.plain([metadata["generation"], metadata.get("annotations", {})])

    @property
    def previous(self) -> Manifest:
        """The status that the last pass left."""
        status: Manifest = self.body.get("status", {})
        return status

    @property
    def wants(self) -> Manifest:
        """What decides which children there have to be, and how they look: the spec, and the operator's release."""
        return {"generation": self.panko.generation, "release": self.world.release}

    @property
    def was_settled(self) -> bool:
        """Whether an earlier pass has done every step for just this."""
        settled = self.previous.get("settled", {})
        return all(settled.get(key) == value for key, value in self.wants.items())

    @property
    def asked_at(self) -> Manifest:
        """What the annotation says by which people ask for a look at everything."""
        asked = self.body["metadata"].get("annotations", {}).get(RECONCILE_ANNOTATION)
        return {} if asked is None else {"asked": asked}

    @property
    def _asked_again(self) -> bool:
        return bool(self.previous.get("settled", {}).get("asked") != self.asked_at.get("asked"))

    def owner(self) -> Owner:
        """Return how things outside of Kubernetes are marked as this Panko's."""
        return Owner(self.world.kube.cluster_id(), self.qualified_name, self.panko.uid)

    def apply(self, manifest: Manifest) -> Manifest:
        """Have a child as the manifest says; return the live object."""
        self.keep(manifest)
        with self.correcting() as noted:
            return self.world.kube.apply(manifest, correcting=noted)

    @contextmanager
    def correcting(self) -> Iterator[Correcting]:
        """Note what somebody else has changed, once it is put right; what is fought over is not."""
        found: list[Correction] = []

        def note(correction: Correction) -> None:
            if self.was_settled:  # else it is a first set-up, or another spec
                if not self._asked_again:
                    fights.refuse(self.previous, correction, now=self.world.now())
                found.append(correction)

        yield note
        self.corrected.extend(found)

    def leave_fought_over(self, kind: str, name: str) -> None:
        """Raise FoughtOverError for what is not to be touched for now, before it is looked at."""
        if self.was_settled and not self._asked_again:
            fights.refuse_all(self.previous, Correction(kind, name).subject, now=self.world.now())

    def apply_if(self, manifest: Manifest | None) -> None:
        """Have a child where the spec wants it; one that there is and that is not wanted is pruned in the end."""
        if manifest is not None:
            self.apply(manifest)

    def drop(self, api_version: str, kind: str, component: str) -> None:
        """Delete the children of a component at once, where their end cannot wait for that of the pass."""
        for live in self.children(api_version, kind, component):
            if "deletionTimestamp" not in live["metadata"]:
                self.world.kube.delete(live)

    def keep(self, child: Manifest) -> None:
        """Say that a child is wanted, by one that applies nothing."""
        self.wanted.add(reference(child))

    def get(self, api_version: str, kind: str, name: str) -> Manifest | None:
        """Return a live object of the Panko's namespace, or None."""
        return self.world.kube.get(api_version, kind, name, self.panko.namespace)

    def child(self, api_version: str, kind: str, name: str) -> Manifest | None:
        """Return a live child, or None; raise ForeignChildError when there is an object that is not this Panko's."""
        live = self.get(api_version, kind, name)
        if live is not None:
            ownership.require(live, self.panko.uid)
        return live

    def owned(self, api_version: str, kind: str, name: str) -> Manifest | None:
        """Return a live child, or None, also where an object is there that is not this Panko's."""
        live = self.get(api_version, kind, name)
        return live if live is not None and ownership.is_controlled(live, self.panko.uid) else None

    def pods(self, component: str) -> list[Manifest]:
        """Return the pods that look like a component of this Panko's: good for a message, and for nothing else."""
        return self.world.kube.list("v1", "Pod", self.panko.namespace, labels=self.panko.selector(component))

    def children(self, api_version: str, kind: str, component: str) -> list[Manifest]:
        """Return the live children of a component."""
        found = self.world.kube.list(api_version, kind, self.panko.namespace, labels=self.panko.selector(component))
        return [live for live in found if ownership.is_controlled(live, self.panko.uid)]
