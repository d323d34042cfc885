"""A rotation in memory, with its pods, which can be killed at any write."""

from fakes.copying import copied
from fakes.fleet import Fleet
from fakes.memory_world import SPEC, MemoryWorld
from fakes.mortal import Gate
from panko_operator.kube.differences import compare
from panko_operator.resource import ROTATE_ANNOTATION

ROLES = ("schema", "api", "expirer")
PASSES = 40


class Scene:
    """A Ready Panko with pods. Publishers are left out where they do not matter: hashing takes its time."""

    def __init__(self, **spec):
        self.memory = MemoryWorld({**SPEC, "publishers": [], **spec})
        self.fleet = Fleet(self.memory)
        self.memory.reconcile()
        self.fleet.roll()
        self.memory.kube.events.clear()

    def ask(self, what="database"):
        self.memory.body["metadata"].setdefault("annotations", {})[ROTATE_ANNOTATION] = what

    def asked(self):
        return self.memory.body["metadata"].get("annotations", {}).get(ROTATE_ANNOTATION)

    def step(self, *, minutes=0):
        """Do a pass, let the pods follow and time go by."""
        result = self.memory.reconcile()
        self.fleet.check()
        self.fleet.roll()
        self.memory.wait(minutes=minutes)
        return result

    def finish(self):
        """Go on until the accounts of before are gone."""
        for _ in range(PASSES):
            self.step(minutes=3)
            if self.asked() is None and self.current()["reason"] == "Current":
                return
        raise AssertionError(self.current())

    def current(self):
        return self.memory.condition("CredentialsCurrent")

    def accounts(self):
        return set(self.memory.database.accounts) - {"root"}

    def told(self, role):
        (found,) = [one for one in self.memory.body["status"]["credentials"] if one["role"] == role]
        return found


class Mortal(Gate):
    """Counts the writes of a scene, and kills the operator before or after one of them."""

    OUTSIDE = (
        ("database", ("ensure_account", "retire_account")),
        (
            "keystone",
            (
                "ensure_service_user",
                "delete_service_user",
                "remove_former",
                "ensure_application_credential",
                "delete_application_credential",
            ),
        ),
    )

    def __init__(self, scene, *, at=0, after=False):
        super().__init__(at=at, after=after)
        self.memory = scene.memory
        kube = self.memory.kube
        for name in ("annotate", "delete", "patch_status"):
            self._wrap(kube, name, lambda *_, **__: True)
        self._wrap(kube, "apply", self._is_a_change)
        for where, names in self.OUTSIDE:
            for name in names:
                self._wrap(getattr(self.memory, where), name, lambda *_, **__: True)

    def _is_a_change(self, manifest, **_options):
        body, metadata = compare.prepare(copied(manifest)), manifest["metadata"]
        live = self.memory.kube.objects.get((manifest["kind"], metadata["namespace"], metadata["name"]))
        return live is None or not (compare.is_create_only(live) or compare.is_current(body, live))

    def _wrap(self, target, name, is_a_write):
        original = getattr(target, name)

        def wrapped(*arguments, **options):
            if not is_a_write(*arguments, **options):
                return original(*arguments, **options)
            return self(lambda: original(*arguments, **options))

        setattr(target, name, wrapped)
