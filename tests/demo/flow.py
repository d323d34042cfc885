"""The steps of the demo, in the order in which they are shown."""

import base64
from datetime import UTC, datetime

import yaml

from demo.printing import heading, indented, say
from live.cluster import Manifest
from live.installation import PANKO_IMAGE, REPOSITORY, Installation, built
from live.openstack import OpenStack
from live.resource import Panko
from live.waiting import until
from panko_client import moments
from panko_client.demo.week import Week, week

SAMPLE = REPOSITORY / "deploy" / "manifests" / "samples" / "minimal.yaml"
NAME = "panko"
NAMESPACE = "panko-demo"
READY_SECONDS = 240
LOADED_SECONDS = 300
SUMMARIES = ("Ready", "Reconciling", "Stalled")
NEXT = """
  export KUBECONFIG={kubeconfig} PATH=$PATH:~/.cache/panko/bin
  kubectl get panko -n panko-demo
  kubectl describe panko panko -n panko-demo
  kubectl explain panko.spec
  kubectl scale panko/panko -n panko-demo --replicas=3
  kubectl exec -n openstack deploy/openstackclient -- openstack event list --limit 3
  kubectl exec -n openstack deploy/openstackclient -- openstack event history {server} --all-projects
  kubectl exec -n openstack deploy/openstackclient -- openstack event count --by type,outcome --since 7d --all-projects
  kubectl delete panko panko -n panko-demo      # Keystone is clean again; the database stays
  make cluster-down

The page: log in as {name} of {domain}, with the password that the second line prints, while the first one runs.
  kubectl port-forward -n panko-demo service/panko 8777
  kubectl get secret -n panko-demo {secret} -o 'go-template={{{{.data.OS_PASSWORD | base64decode}}}}{{{{"\\n"}}}}'
  http://localhost:8777/explore/resources/{server}?all_projects=true
"""


def install(operator: Installation) -> None:
    """Install the operator by its chart."""
    heading("helm upgrade --install panko-operator charts/panko-operator")
    operator.by_helm()
    indented(operator.cluster.kubectl("get", "pods", "--namespace=panko-system"))


def create(panko: Panko, client: OpenStack) -> None:
    """Apply the sample Panko, in a namespace that holds every pod to the restricted standard."""
    heading(f"kubectl apply -f {SAMPLE.relative_to(REPOSITORY)}")
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    panko.cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}})
    manifest = sample()
    panko.cluster.apply(*_admin_secrets(client, manifest), manifest)
    indented(panko.cluster.kubectl("get", "panko", NAME, f"--namespace={NAMESPACE}"))


def sample() -> Manifest:
    """Return the documented sample, moved into the demo's namespace; another build is another rollout."""
    documents = [one for one in yaml.safe_load_all(SAMPLE.read_text()) if one and one["kind"] == "Panko"]
    manifest = dict(documents[0])
    manifest["metadata"] = {"name": NAME, "namespace": NAMESPACE}
    manifest["spec"]["api"] = {"podAnnotations": built(PANKO_IMAGE)}
    return manifest


def _admin_secrets(client: OpenStack, manifest: Manifest) -> list[Manifest]:
    """Copy the administrators' Secrets of the cluster's OpenStack under the names that the sample asks for."""
    names = {
        "mariadb-root": manifest["spec"]["database"]["adminSecretRef"]["name"],
        "keystone-admin": manifest["spec"]["keystone"]["adminSecretRef"]["name"],
    }
    copies = [one for one in client.admin_secrets(NAMESPACE) if one["metadata"]["name"] in names]
    for one in copies:
        one["metadata"]["name"] = names[one["metadata"]["name"]]
    return copies


def login(client: OpenStack) -> dict[str, str]:
    """Return what the page's login asks for, and where its password is."""
    wanted = sample()["spec"]["keystone"]["adminSecretRef"]["name"]
    (secret,) = [one for one in _admin_secrets(client, sample()) if one["metadata"]["name"] == wanted]
    said = {key: base64.b64decode(value).decode() for key, value in secret["data"].items()}
    return {"name": said["OS_USERNAME"], "domain": said["OS_USER_DOMAIN_NAME"], "secret": wanted}


def follow(panko: Panko) -> None:
    """Print each condition as it turns, until the Panko is Ready."""
    heading("Until it is Ready")
    shown: dict[str, tuple[str, str]] = {}

    def ready() -> bool:
        for one in panko.live().get("status", {}).get("conditions", []):
            seen = (one["status"], one["message"])
            if shown.get(one["type"]) != seen and one["type"] not in SUMMARIES and one["reason"] != "Waiting":
                mark = "✓" if one["status"] == "True" else "…"
                say(f"  {mark} {one['type']:<22} {one['message']}")
            shown[one["type"]] = seen
        return panko.ready()

    until(ready, f"Panko {panko.name} Ready", seconds=READY_SECONDS, explain=panko.told)
    indented(panko.cluster.kubectl("get", "panko", NAME, f"--namespace={NAMESPACE}"))


def publish(panko: Panko, client: OpenStack) -> None:
    """Send real notifications the way ceilometer's agent does, with the account that the operator made."""
    heading(f"ceilometer publishes to http://ceilometer:…@{panko.url.removeprefix('http://')}/v2/events")
    mine = client.cli("token", "issue")
    owner = (f"--project={mine['project_id']}", f"--user={mine['user_id']}")
    indented(client.publish(panko.publisher_url(), "--recent", *owner))


def read(client: OpenStack) -> None:
    """Show what a person of the cloud sees."""
    newest = client.cli("event", "list", "--sort", "generated:desc", "--limit", "20")
    shown = next(event for event in newest if event["event_type"] == "snapshot.create.end")
    columns = ("--column", "generated", "--column", "event_type", "--column", "message_id")
    for words in (
        ("event", "list", "--sort", "generated:desc", "--limit", "8", *columns),
        ("event", "show", shown["message_id"]),
        ("event", "type", "list"),
        ("event", "trait", "list", "compute.instance.create.end", "memory_mb"),
    ):
        heading(f"openstack {' '.join(words)}")
        indented(client.table(*words))


def load(client: OpenStack) -> Week:
    """Store an invented week that ends now. Each run has another one: a Panko takes a week once."""
    now = datetime.now(UTC).replace(microsecond=0)
    seed = int(now.timestamp())
    words = ("panko-demo", "--load", f"--seed={seed}", f"--end={moments.written(now)}")
    heading(" ".join(words))
    indented(client.run(*words, seconds=LOADED_SECONDS))
    return week(seed, now)


def tell(client: OpenStack, made: Week) -> None:
    """Show what the week tells to whoever asks what happened."""
    failed, request = made.planted.failed_creates[-1]
    stuck, _ = made.planted.stuck_resize
    for words in (
        ("search", "outcome:failed type:compute.*", "--since=7d"),
        ("history", failed),
        ("trace", request),
        ("history", stuck, "--limit=6"),
        ("count", "type:identity.authenticate", "--by=outcome", "--since=7d"),
    ):
        said = (f"'{word}'" if " " in word else word for word in words)
        heading(f"openstack event {' '.join(said)} --all-projects")
        indented(client.table("event", *words, "--all-projects"))
