"""One Panko: its identity, its spec, and the name, label and address of everything that derives from it.

Every name of a child is made here and nowhere else. Pure.
"""

import dataclasses
import hashlib

from panko_operator.errors import DefinitionOutdatedError
from panko_operator.resource import referred
from panko_operator.resource.spec import Spec
from panko_operator.world import Manifest
from panko_operator.world.values import DatabaseAddress, Endpoint

API_VERSION = "panko.openstack.org/v1beta1"
KIND = "Panko"
ALLOW_REWRITE_ANNOTATION = "panko.openstack.org/allow-rewrite"
PLAN_ANNOTATION = "panko.openstack.org/plan"
RECONCILE_ANNOTATION = "panko.openstack.org/reconcile-at"
RELEASE_ANNOTATION = "panko.openstack.org/release"
REMOVED_ANNOTATION = "panko.openstack.org/removed"  # the operator's own note on a Panko that is deleted
ROTATE_ANNOTATION = "panko.openstack.org/rotate"
INSTANCE = "app.kubernetes.io/instance"
MANAGED_BY, OPERATOR = "app.kubernetes.io/managed-by", "panko-operator"
FINALIZER = "panko.openstack.org/finalizer"
INTERFACES = ("public", "internal", "admin")
LONGEST_DATABASE_NAME = 63  # PostgreSQL's; MySQL has 64
ENGINE_PORTS = {"mysql": 3306, "postgresql": 5432}


@dataclasses.dataclass(frozen=True, slots=True)
class Panko:
    """A Panko resource as the API server returned it. The CRD keeps its name short enough for every name below.

    `allow_rewrite` is the permission, given by annotation, to rewrite big tables of the original Panko's database.
    """

    name: str
    namespace: str
    uid: str
    generation: int
    spec: Spec
    allow_rewrite: bool

    @classmethod
    def from_body(cls, body: Manifest) -> "Panko":
        """Read a live object, in which the CRD's defaults are filled in.

        Raise DefinitionOutdatedError when they are not: the CRD in the cluster is of another release.
        """
        metadata = body["metadata"]
        try:
            spec = Spec.parse(body["spec"])
        except (KeyError, TypeError, ValueError) as error:
            raise DefinitionOutdatedError(
                f"The definition of Panko in the cluster does not fit this operator ({error!r:.100}); "
                "apply deploy/crds/panko.openstack.org_pankos.yaml of the operator's release."
            ) from error
        return cls(
            name=metadata["name"],
            namespace=metadata["namespace"],
            uid=metadata["uid"],
            generation=metadata["generation"],
            spec=spec,
            allow_rewrite=metadata.get("annotations", {}).get(ALLOW_REWRITE_ANNOTATION) == "true",
        )

    # Identity of children

    def selector(self, component: str) -> dict[str, str]:
        """Return the labels by which the pods of a component are found; they never change."""
        return {
            "app.kubernetes.io/name": "panko",
            INSTANCE: self.name,
            "app.kubernetes.io/component": component,
        }

    @property
    def child_labels(self) -> dict[str, str]:
        """The labels that all children have, whatever they belong to."""
        return {
            "app.kubernetes.io/name": "panko",
            INSTANCE: self.name,
            MANAGED_BY: OPERATOR,
        }

    def labels(self, component: str) -> dict[str, str]:
        """Return the labels of a child of a component: api, haproxy, dbsync, expirer, collector, config and more."""
        return {
            **self.selector(component),
            MANAGED_BY: OPERATOR,
            "app.kubernetes.io/part-of": "openstack",
        }

    @property
    def scale_selector(self) -> str:
        """The selector of the API's pods as `status.selector` has it, for the scale subresource."""
        return ",".join(f"{key}={value}" for key, value in sorted(self.selector("api").items()))

    @property
    def owner_reference(self) -> Manifest:
        """The reference by which Kubernetes deletes the children with this resource."""
        return {
            "apiVersion": API_VERSION,
            "kind": KIND,
            "name": self.name,
            "uid": self.uid,
            "controller": True,
            "blockOwnerDeletion": True,
        }

    def metadata(self, name: str, component: str) -> Manifest:
        """Return the metadata that every child has."""
        return {
            "name": name,
            "namespace": self.namespace,
            "labels": self.labels(component),
            "ownerReferences": [self.owner_reference],
        }

    # Names of children

    @property
    def api_name(self) -> str:
        """The Deployment of the API, and whatever else there is one of for its pods."""
        return f"{self.name}-api"

    @property
    def api_pods_name(self) -> str:
        """The headless Service that lists the API's pods."""
        return f"{self.name}-api-pods"

    @property
    def haproxy_name(self) -> str:
        """The Deployment of HAProxy, its PodDisruptionBudget and its NetworkPolicy."""
        return f"{self.name}-haproxy"

    @property
    def service_name(self) -> str:
        """The Service that clients use, and the Ingress and the route that lead to it."""
        return self.name

    @property
    def expirer_name(self) -> str:
        """The CronJob that deletes old events, and the NetworkPolicy of its pods."""
        return f"{self.name}-expirer"

    @property
    def collector_name(self) -> str:
        """The Deployment of the collector, and whatever else there is one of for its pods."""
        return f"{self.name}-collector"

    @property
    def collector_queues_name(self) -> str:
        """The Secret by which KEDA looks into the queues."""
        return f"{self.name}-collector-queues"

    def collector_config_name(self, hash8: str) -> str:
        """Return the immutable Secret with the collector's configuration."""
        return f"{self.name}-collector-{hash8}"

    @property
    def alerts_name(self) -> str:
        """The PrometheusRule."""
        return f"{self.name}-alerts"

    @property
    def dashboard_name(self) -> str:
        """The ConfigMap with the dashboard for Grafana."""
        return f"{self.name}-dashboard"

    @property
    def keys_name(self) -> str:
        """The Secret with `configHashKey`, `memcacheSecretKey` and `sessionKeys`, which are the page's."""
        return f"{self.name}-keys"

    @property
    def keystone_user_name(self) -> str:
        """The Secret with the login of the service user."""
        return f"{self.name}-keystone-user"

    @property
    def application_name(self) -> str:
        """The Secret with the application credential of the service user."""
        return f"{self.name}-keystone-application"

    def database_secret_name(self, role: str) -> str:
        """Return the Secret with the database account of a role."""
        return f"{self.name}-db-{role}"

    @property
    def cleanup_name(self) -> str:
        """The Secret with the logins that the deletion needs."""
        return cleanup_name(self.name)

    def publisher_name(self, publisher: str) -> str:
        """Return the Secret with a publisher's account."""
        return f"{self.name}-publisher-{publisher}"

    def binding_name(self, publisher: str) -> str:
        """Return the Secret that a publisher is given."""
        return f"{self.name}-binding-{publisher}"

    def config_name(self, hash8: str) -> str:
        """Return the immutable Secret with the API's configuration."""
        return f"{self.name}-config-{hash8}"

    @property
    def dbsync_policy_name(self) -> str:
        """The NetworkPolicy of the pods of all schema Jobs."""
        return f"{self.name}-dbsync"

    def dbsync_name(self, hash8: str) -> str:
        """Return the Job that makes or upgrades the schema."""
        return f"{self.name}-dbsync-{hash8}"

    def contract_name(self, hash8: str) -> str:
        """Return the Job that takes away what only the release before needed of the schema."""
        return f"{self.name}-contract-{hash8}"

    def haproxy_config_name(self, hash8: str) -> str:
        """Return the immutable ConfigMap with HAProxy's configuration."""
        return f"{self.name}-haproxy-{hash8}"

    @property
    def tls_secret_name(self) -> str:
        """The Secret with the certificate that clients see: the one of the spec, else the one for cert-manager."""
        named = self.spec.tls.secret_name if self.spec.tls else None
        return named or f"{self.name}-tls"

    def tls_copy_name(self, hash8: str) -> str:
        """Return the immutable Secret with the certificate that clients see, as pods mount it."""
        return f"{self.name}-tls-{hash8}"

    @property
    def pods_tls_name(self) -> str:
        """The Secret with the authority by which HAProxy knows the API's pods, and what it signed."""
        return f"{self.name}-tls-pods"

    def pods_tls_copy_name(self, hash8: str) -> str:
        """Return the immutable Secret with the certificate that HAProxy sees, as pods mount it."""
        return f"{self.name}-tls-pods-{hash8}"

    # Addresses

    @property
    def database_name(self) -> str:
        """The database of this Panko: as in the spec, else one that no other Panko of the cluster has.

        Neither a namespace nor a name has an underscore, so no two pairs give one name.
        """
        name = self.spec.database.name or f"panko_{self.namespace}_{self.name}"
        if len(name) <= LONGEST_DATABASE_NAME:
            return name
        digest = hashlib.sha256(name.encode()).hexdigest()[:8]
        return f"{name[: LONGEST_DATABASE_NAME - 9]}_{digest}"

    def database_address(self) -> DatabaseAddress:
        """Return where the database is; the port is the engine's own unless the spec says otherwise."""
        database = self.spec.database
        port = database.port or ENGINE_PORTS[database.engine]
        return DatabaseAddress(engine=database.engine, host=database.host, port=port, name=self.database_name)

    def account_username(self, role: str, cluster_id: str) -> str:
        """Return the name of the account that the operator makes for a role.

        It is unique for the cluster, namespace and name: clusters may share a database server. MySQL allows 32
        characters.
        """
        digest = hashlib.sha256(f"{cluster_id}/{self.namespace}/{self.name}".encode()).hexdigest()[:12]
        return f"panko-{role}-{digest}"

    def earlier_account_username(self, role: str) -> str:
        """Return the name that builds before 11.0.0 gave the account; two clusters could have the same."""
        digest = hashlib.sha256(f"{self.namespace}/{self.name}".encode()).hexdigest()[:8]
        return f"panko-{role}-{digest}"

    @property
    def service_user(self) -> str:
        """The Keystone user under which the API validates tokens: one for each Panko unless the spec names one."""
        return self.spec.keystone.service_user or f"panko-{self.namespace}-{self.name}"

    def api_pods_host(self, cluster_domain: str) -> str:
        """Return the host name that resolves to the API's pods."""
        return f"{self.api_pods_name}.{self.namespace}.svc.{cluster_domain}"

    def service_url(self, cluster_domain: str) -> str:
        """Return the URL of the Service inside the cluster, without a path: clients append `/v2`."""
        scheme = "https" if self.spec.tls else "http"
        return f"{scheme}://{self.service_host(cluster_domain)}:{self.spec.service.port}"

    def service_host(self, cluster_domain: str) -> str:
        """Return the host name of the Service inside the cluster."""
        return f"{self.service_name}.{self.namespace}.svc.{cluster_domain}"

    def service_names(self, cluster_domain: str) -> tuple[str, ...]:
        """Return every name under which pods find the Service."""
        beside = f"{self.service_name}.{self.namespace}"
        return self.service_name, beside, f"{beside}.svc", self.service_host(cluster_domain)

    @property
    def public_url(self) -> str | None:
        """The URL of the Ingress, else that of the route's first name; None when there is neither."""
        ingress, gateway = self.spec.ingress, self.spec.gateway
        if ingress:
            return f"{'https' if ingress.tls_secret_name else 'http'}://{ingress.host}"
        return f"https://{gateway.hostnames[0]}" if gateway and gateway.hostnames else None

    @property
    def public_hosts(self) -> tuple[str, ...]:
        """The names of the Ingress and of the route."""
        ingress, gateway = self.spec.ingress, self.spec.gateway
        return tuple(dict.fromkeys((*((ingress.host,) if ingress else ()), *(gateway.hostnames if gateway else ()))))

    @property
    def encrypted_hosts(self) -> tuple[str, ...]:
        """The names of the Ingress and of the route under which clients speak TLS."""
        ingress, gateway = self.spec.ingress, self.spec.gateway
        first = (ingress.host,) if ingress and ingress.tls_secret_name else ()
        return tuple(dict.fromkeys((*first, *(gateway.hostnames if gateway else ()))))

    def endpoints(self, cluster_domain: str) -> tuple[Endpoint, ...]:
        """Return the endpoints of the catalogue: as written in the spec, else the Service's URL.

        The public one is the URL of the Ingress or the route where there is one.
        """
        urls = dict.fromkeys(INTERFACES, self.service_url(cluster_domain))
        if self.public_url:
            urls["public"] = self.public_url
        urls |= self.spec.keystone.endpoints
        return tuple(Endpoint(interface, urls[interface]) for interface in INTERFACES)

    def referenced_secrets(self) -> frozenset[str]:
        """Return the names of the Secrets that the user provides; a change of one is a reason to reconcile."""
        own = {self.tls_secret_name} if self.spec.tls else set()
        return referred.secrets(self.spec) | own


def cleanup_name(panko: str) -> str:
    """Return the Secret with the logins that the deletion of a Panko of this name needs, whatever its spec says."""
    return f"{panko}-cleanup"
