"""`world.Kube` on a real API server: server-side apply, get, list, delete, status and Events.

Every call has a time-out. A call with nothing to change sends no write. Nothing is cached here.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast

from panko_operator.corrections import Correcting, Correction, unnoticed
from panko_operator.errors import ChangedMeanwhileError, KindMissingError, KubernetesError
from panko_operator.kube import events, kinds, patches
from panko_operator.kube.differences import compare, drift, handover, surplus
from panko_operator.kube.differences.stubborn import Stubborn
from panko_operator.kube.discovery import Discovery
from panko_operator.kube.refusals import ConflictError, NotFoundError, UnprocessableError, translated
from panko_operator.resource import FINALIZER, ownership
from panko_operator.resource.kinds import find
from panko_operator.world import Manifest

FIELD_MANAGER: Final = "panko-operator"
TIMEOUT_SECONDS: Final = (3.0, 10.0)  # to connect, to read
_APPLY: Final = "application/apply-patch+yaml"
_MERGE: Final = "application/merge-patch+json"
_JSON_PATCH: Final = "application/json-patch+json"
_METADATA: Final = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
_WRITES: Final = {"post": "create", "patch": "patch", "put": "update", "delete": "delete"}

_log = logging.getLogger(__name__)


class KubeAPI:
    """The API server behind a dynamic client."""

    def __init__(
        self,
        client: Any,
        *,
        now: Callable[[], datetime],
        on_write: Callable[[str, str], None] = lambda _verb, _kind: None,
        timeout_seconds: tuple[float, float] = TIMEOUT_SECONDS,
    ) -> None:
        """`on_write` is told the verb, as roles name it, and the kind of each write that was accepted."""
        self._timeout_seconds = timeout_seconds
        self._client = client
        self._now = now
        self._on_write = on_write
        self._discovery = Discovery(self._get_path, now)
        self._cluster_id = ""
        self._stubborn = Stubborn(now)

    def get(self, api_version: str, kind: str, name: str, namespace: str) -> Manifest | None:
        """Return the live object, or None."""
        try:
            return self._request("get", api_version, kind, name=name, namespace=namespace)
        except NotFoundError:
            return None

    def list(self, api_version: str, kind: str, namespace: str, *, labels: Mapping[str, str]) -> list[Manifest]:
        """Return the live objects that carry all labels; none of a kind that the API server does not know."""
        if not self.serves(api_version, kind):
            return []
        selector = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
        answer = self._request("get", api_version, kind, namespace=namespace, label_selector=selector)
        # The items of a list come without the kind that all of them have.
        return [{"apiVersion": api_version, "kind": kind, **item} for item in answer["items"]]

    def serves(self, api_version: str, kind: str) -> bool:
        """Tell whether the API server knows a kind."""
        known = find(api_version, kind)
        return known is not None and (not known.optional or self._discovery.serves(known))

    def survey(
        self, api_version: str, kind: str, namespace: str | None, *, labels: Mapping[str, str]
    ) -> Sequence[Manifest]:
        """Return the metadata of the live objects that carry all labels, of all namespaces when none is named."""
        if not self.serves(api_version, kind):
            return []
        selector = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
        answer = self._request(
            "get",
            api_version,
            kind,
            namespace=namespace,
            label_selector=selector or None,
            header_params={"Accept": _METADATA},
        )
        return [
            {"apiVersion": api_version, "kind": kind, "metadata": item["metadata"]} for item in answer["items"] or ()
        ]

    def apply(self, manifest: Manifest, *, correcting: Correcting = unnoticed) -> Manifest:
        """Apply under our field manager unless the live object already is what the manifest says; return it.

        What somebody has added in a place that is ours as a whole is taken out. Raise ForeignChildError for a live
        object that is not controlled by what controls the manifest: the API server is told which object is meant, so
        one that came in between is refused as well. A manifest with a resourceVersion was made of what the object said
        then: raise ChangedMeanwhileError when somebody has changed or deleted it since.
        """
        body = compare.prepare(manifest)
        metadata = body["metadata"]
        if not self.serves(body["apiVersion"], body["kind"]):
            raise KindMissingError(
                f"The cluster has no kind {body['kind']} of {body['apiVersion']}; install what brings it."
            )
        live = self.get(body["apiVersion"], body["kind"], metadata["name"], metadata["namespace"])
        owner, read = ownership.controller_uid(body), manifest["metadata"].get("resourceVersion")
        if read is not None and (live is None or live["metadata"]["resourceVersion"] != read):
            raise _changed(body)
        if live is None:
            if not compare.is_create_only(body):  # another content is another name: nobody has removed that
                correcting(Correction(body["kind"], metadata["name"]))
            return self._make(body)
        if owner is not None:
            ownership.require(live, owner)
        if compare.is_create_only(live):
            if not compare.is_equal(body, live):
                raise ownership.altered(live)
            return live
        if not compare.is_applied(body, live):
            live = self._put_right(body, live, correcting, read=read)
        return self._without_surplus(body, live, correcting)

    def _put_right(self, body: Manifest, live: Manifest, correcting: Correcting, *, read: str | None) -> Manifest:
        metadata = body["metadata"]
        drifted = drift.of(body, live, manager=FIELD_MANAGER)
        if drifted is not None:
            correcting(drifted)
        left = handover.of_replicas(body, live, manager=FIELD_MANAGER)
        if left is not None:
            self._apply(left, force=True, manager=handover.MANAGER)
        version = {} if read is None else {"resourceVersion": read}
        which = {**metadata, **version, "uid": live["metadata"]["uid"]}
        try:
            return self._apply({**body, "metadata": which}, force=True)
        except ConflictError:
            if read is None:
                raise
            raise _changed(body) from None

    def _without_surplus(self, body: Manifest, live: Manifest, correcting: Correcting) -> Manifest:
        paths = [path for path in surplus.of(body, live) if self._stubborn.may_take(live, surplus.pointer(path))]
        if not paths:
            return live
        correcting(drift.at(body, live, paths[0], manager=FIELD_MANAGER))
        metadata = live["metadata"]
        _log.info(
            "take %d additions out of %s %s/%s", len(paths), body["kind"], metadata["namespace"], metadata["name"]
        )
        try:
            return self._request(
                "patch",
                body["apiVersion"],
                body["kind"],
                name=metadata["name"],
                namespace=metadata["namespace"],
                body=surplus.removal(live, paths),
                content_type=_JSON_PATCH,
                field_manager=FIELD_MANAGER,
            )
        except UnprocessableError:  # somebody was faster; the watch tells of it
            return live

    def _make(self, body: Manifest) -> Manifest:
        """Make an object that is not there; raise ConflictError for one that somebody else just made."""
        if compare.is_create_only(body):
            return self._create(body)
        # Without force: what has come in between owns its fields, and the API server refuses to take them.
        made = self._apply(body, force=False)
        if {entry.get("manager") for entry in made["metadata"].get("managedFields", ())} - {FIELD_MANAGER}:
            raise ownership.foreign(made)
        return made

    def _create(self, body: Manifest) -> Manifest:
        metadata = body["metadata"]
        _log.info("create %s %s/%s", body["kind"], metadata["namespace"], metadata["name"])
        return self.create(body)

    def _apply(self, body: Manifest, *, force: bool, manager: str = FIELD_MANAGER) -> Manifest:
        metadata = body["metadata"]
        _log.info("apply %s %s/%s", body["kind"], metadata["namespace"], metadata["name"])
        return self._request(
            "patch",
            body["apiVersion"],
            body["kind"],
            name=metadata["name"],
            namespace=metadata["namespace"],
            body=body,
            content_type=_APPLY,
            field_manager=manager,
            force_conflicts=force,
        )

    def create(self, body: Manifest) -> Manifest:
        """Create an object that must not exist yet; raise ConflictError when it does."""
        where = {"namespace": body["metadata"]["namespace"], "field_manager": FIELD_MANAGER}
        return self._request("post", body["apiVersion"], body["kind"], **where, body=body)

    def replace(self, body: Manifest) -> Manifest:
        """Replace an object that nobody changed since it was read; raise ConflictError when somebody did."""
        metadata = body["metadata"]
        where = {"name": metadata["name"], "namespace": metadata["namespace"], "field_manager": FIELD_MANAGER}
        return self._request("put", body["apiVersion"], body["kind"], **where, body=body)

    def delete(self, live: Manifest) -> bool:
        """Delete this very object, not another that has its name by now, in the background.

        Return False when it is gone already.
        """
        metadata = live["metadata"]
        options = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "propagationPolicy": "Background",
            "preconditions": {"uid": metadata["uid"]},
        }
        where = {"name": metadata["name"], "namespace": metadata["namespace"]}
        try:
            self._request("delete", live["apiVersion"], live["kind"], **where, body=options)
        except (NotFoundError, ConflictError):
            return False
        _log.info("delete %s %s/%s", live["kind"], metadata["namespace"], metadata["name"])
        return True

    def patch_status(self, panko: Manifest, status: Manifest) -> None:
        """Write `status` of the Panko; send nothing when it is what the object says."""
        patch = compare.merge_patch(panko.get("status", {}), status)
        if patch:
            self._merge(panko, {"status": patch}, subresource="/status")

    def add_finalizer(self, panko: Manifest) -> None:
        """Keep the Panko until `remove_finalizer`; send nothing when that is so already."""
        finalizers = panko["metadata"].get("finalizers", [])
        if FINALIZER not in finalizers:
            self._merge(panko, patches.finalizers(panko, [*finalizers, FINALIZER]))

    def remove_finalizer(self, panko: Manifest) -> None:
        """Let the Panko go."""
        finalizers = panko["metadata"].get("finalizers", [])
        if FINALIZER in finalizers:
            self._merge(panko, patches.finalizers(panko, [name for name in finalizers if name != FINALIZER]))

    def mark(self, panko: Manifest, key: str, value: str) -> Manifest:
        """Add an annotation to the Panko as it was read, and return it as it is then."""
        return self._merge(panko, patches.mark(panko, key, value)) or panko

    def annotate(self, panko: Manifest, key: str, value: str | None) -> None:
        """Replace an annotation of the Panko, or take it away; leave it when it is no longer as it was read."""
        metadata = panko["metadata"]
        patch = patches.annotation(panko, key, value)
        where = {"name": metadata["name"], "namespace": metadata["namespace"]}
        try:
            self._request("patch", panko["apiVersion"], "Panko", **where, body=patch, content_type=_JSON_PATCH)
        except NotFoundError:
            _log.info("Panko %s/%s is gone", metadata["namespace"], metadata["name"])
        except UnprocessableError:
            live = self.get(panko["apiVersion"], "Panko", **where)
            if live is not None and live["metadata"].get("annotations", {}).get(key) == metadata["annotations"][key]:
                raise
            _log.info("annotation %s of %s/%s is another one by now", key, metadata["namespace"], metadata["name"])

    def cluster_id(self) -> str:
        """Return the uid of the namespace kube-system, which tells clusters apart."""
        if not self._cluster_id:  # it never changes, and each pass asks several times
            with translated("get", "Namespace", "kube-system"):
                answer = self._get_path("/api/v1/namespaces/kube-system")
            self._cluster_id = str(answer["metadata"]["uid"])
        return self._cluster_id

    def emit(self, panko: Manifest, *, event_type: str, reason: str, message: str) -> None:
        """Record a Kubernetes Event; a repeated one grows its count. A refusal is logged, for an Event is no work."""
        namespace = panko["metadata"]["namespace"]
        name = events.name(panko, event_type=event_type, reason=reason, message=message)
        try:
            live = self.get("v1", "Event", name, namespace)
            if live is None:
                body = events.first(panko, event_type=event_type, reason=reason, message=message, now=self._now())
                self.create(body)
            else:
                self._merge(live, events.again(live, now=self._now()))
        except KubernetesError as error:
            _log.warning("an Event about %s/%s is lost: %s", namespace, panko["metadata"]["name"], error)

    def _get_path(self, path: str) -> Manifest:
        answer = self._client.request("get", path, serializer=_plain, _request_timeout=self._timeout_seconds)
        return cast("Manifest", answer)

    def _merge(self, live: Manifest, patch: Manifest, *, subresource: str = "") -> Manifest | None:
        """Return the object as it is then; None when it is gone."""
        metadata = live["metadata"]
        where = {"name": metadata["name"], "namespace": metadata["namespace"], "subresource": subresource}
        try:
            return self._request(
                "patch",
                live["apiVersion"],
                live["kind"],
                **where,
                body=patch,
                content_type=_MERGE,
                field_manager=FIELD_MANAGER,
            )
        except NotFoundError:
            _log.info("%s %s/%s is gone", live["kind"], metadata["namespace"], metadata["name"])
            return None

    def _request(
        self,
        method: str,
        api_version: str,
        kind: str,
        *,
        namespace: str | None,
        name: str | None = None,
        subresource: str = "",
        **options: Any,
    ) -> Manifest:
        path = kinds.resource(self._client, api_version, kind).path(name=name, namespace=namespace)
        with translated(method, kind, name or ""):
            answer = self._client.request(
                method,
                path + subresource,
                serializer=_plain,
                _request_timeout=self._timeout_seconds,
                **options,
            )
        if method in _WRITES:
            self._on_write(_WRITES[method], kind)
        return cast("Manifest", answer)


def _plain(_client: Any, answer: Manifest) -> Manifest:
    return answer


def _changed(body: Manifest) -> ChangedMeanwhileError:
    name = f"{body['metadata']['namespace']}/{body['metadata']['name']}"
    return ChangedMeanwhileError(f"{body['kind']} {name} was changed while a pass looked at it; it is looked at again.")
