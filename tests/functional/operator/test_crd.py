"""The CRD on a real API server: what is filled in, what is refused, and in which words."""

import copy

import pytest
from kubernetes.dynamic.exceptions import ApiException

from fakes import crd

SAMPLES = sorted(path.stem for path in crd.SAMPLES.glob("*.yaml"))
LOGIN = {"name": "s"}


@pytest.fixture(scope="module")
def pankos(kube_apiserver):
    """The Pankos of a namespace."""
    return Pankos(kube_apiserver.client(), kube_apiserver.new_namespace())


class Pankos:
    """Creates and changes Pankos without keeping any."""

    def __init__(self, client, namespace):
        self._client = client
        self._path = f"/apis/panko.openstack.org/v1beta1/namespaces/{namespace}/pankos"

    def create(self, body, *, keep=False):
        """Return the object as stored; raise ApiException when it is refused."""
        sent = copy.deepcopy(body)
        sent["metadata"].pop("namespace", None)
        query = [] if keep else [("dryRun", "All")]
        return self._request("post", self._path, body=sent, query_params=[*query, ("fieldValidation", "Strict")])

    def change(self, name, spec):
        """Merge into a stored object, for a try."""
        return self._request(
            "patch",
            f"{self._path}/{name}",
            body={"spec": spec},
            query_params=[("dryRun", "All")],
            content_type="application/merge-patch+json",
        )

    def delete(self, name):
        self._request("delete", f"{self._path}/{name}")

    def _request(self, method, path, **options):
        return self._client.request(method, path, serializer=lambda _client, answer: answer, **options)


def with_spec(**spec):
    """The minimal sample with other fields at the top of its spec."""
    body = crd.sample("minimal")
    body["spec"] |= spec
    return body


def refusal(action, *arguments):
    """Return the words in which the API server refuses something."""
    with pytest.raises(ApiException) as error:
        action(*arguments)
    assert error.value.status == 422, error.value.body
    return error.value.body.decode() if isinstance(error.value.body, bytes) else error.value.body


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_accepted(pankos, name):
    body = crd.sample(name)
    assert pankos.create(body)["metadata"]["name"] == body["metadata"]["name"]


@pytest.mark.parametrize("name", SAMPLES)
def test_defaults_are_what_the_tests_of_the_operator_believe(pankos, name):
    assert pankos.create(crd.sample(name))["spec"] == crd.live(crd.sample(name))["spec"]


def database(**fields):
    return with_spec(database={"host": "db", "adminSecretRef": LOGIN} | fields)


def keystone(**fields):
    return with_spec(keystone={"authURL": "http://keystone:5000/v3", "adminSecretRef": LOGIN} | fields)


def publisher(**fields):
    return with_spec(publishers=[{"name": "a"} | fields])


def archive(**places):
    return with_spec(retention={"archive": {"s3": {"bucket": "events", "secretRef": LOGIN}} | places})


def bucket(**fields):
    return archive(s3={"bucket": "events", "secretRef": LOGIN} | fields)


def volume(**fields):
    return with_spec(retention={"archive": {"persistentVolumeClaim": {"claimName": "a"} | fields}})


def collecting(**fields):
    return with_spec(collector={"transportURLSecretRefs": [LOGIN]} | fields)


def peer(value):
    return with_spec(networkPolicy={"allowFrom": [value]})


REFUSED = {
    "no account": (with_spec(database={"host": "db"}), "write exactly one of adminSecretRef"),
    "two accounts": (database(accountSecretRef=LOGIN), "write exactly one of adminSecretRef"),
    "host with port": (database(host="db:3306"), "the port has its own field"),
    "host as URL": (database(host="mysql://db"), "write a host name or an IP address alone"),
    "database name with a quote": (database(name="panko`"), "write a name of letters"),
    "the server's own database": (database(name="mysql"), "that database is the server's own"),
    "the server's own database in capitals": (database(name="Information_Schema"), "that database is the server's own"),
    "a template of the server": (database(engine="postgresql", name="template1"), "that database is the server's own"),
    "compressed pages of PostgreSQL": (database(engine="postgresql", compressPages=True), "compressPages is MariaDB's"),
    "Secret in another namespace": (database(adminSecretRef={"name": "other/s"}), "in the same namespace"),
    "unknown engine": (database(engine="oracle"), "supported values"),
    "Keystone without scheme": (keystone(authURL="keystone:5000"), "such as http://keystone.openstack.svc:5000/v3"),
    "Keystone with a login": (keystone(authURL="http://a:b@keystone:5000"), "without a login"),
    "endpoint with /v2": (keystone(endpoints={"public": "https://events/v2"}), "because clients append /v2"),
    "endpoint with a slash": (keystone(endpoints={"admin": "https://events/"}), "because clients append /v2"),
    "no roles": (keystone(roles=[]), "at least 1 item"),
    "memcached without port": (with_spec(memcached={"servers": ["cache"]}), "write host:port"),
    "memcached with a name in brackets": (with_spec(memcached={"servers": ["[cache]:11211"]}), "write host:port"),
    "TLS of memcached without an authority": (with_spec(memcached={"tls": {}}), "Required value"),
    "authority in another namespace": (
        with_spec(memcached={"tls": {"caSecretRef": {"name": "other/ca"}}}),
        "in the same namespace",
    ),
    "carriage return": (with_spec(customServiceConfig="[api]\r\nport = 1\n"), "no control characters"),
    "vertical tab": (with_spec(customServiceConfig="[api]\x0bport = 1\n"), "no control characters"),
    "next line": (with_spec(policy="a: b\x85c: d"), "no control characters"),
    "line separator": (with_spec(policy="a: b\u2028c: d"), "no control characters"),
    "class without load balancer": (with_spec(service={"loadBalancerClass": "a"}), "type: LoadBalancer or leave it"),
    "days": (with_spec(retention={"timeToLive": "30d"}), "write at least 1h"),
    "half an hour": (with_spec(retention={"timeToLive": "30m"}), "write at least 1h"),
    "no time": (with_spec(retention={"timeToLive": ""}), "write at least 1h"),
    "zero hours": (with_spec(retention={"timeToLive": "0h"}), "write at least 1h"),
    "rotation every half an hour": (with_spec(rotation={"interval": "30m"}), "write at least 1h in hours"),
    "rotation in days": (with_spec(rotation={"interval": "30d"}), "write at least 1h in hours"),
    "accounts that are not kept": (with_spec(rotation={"retainPrevious": "0s"}), "write at least 10s"),
    "accounts kept past the next rotation": (
        with_spec(rotation={"interval": "1h", "retainPrevious": "2h"}),
        "retainPrevious has to be shorter than interval",
    ),
    "collector of nothing": (with_spec(collector={}), "Required value"),
    "collector without a RabbitMQ": (collecting(transportURLSecretRefs=[]), "at least 1 item"),
    "URL in another namespace": (collecting(transportURLSecretRefs=[{"name": "other/s"}]), "in the same namespace"),
    "one RabbitMQ twice": (collecting(transportURLSecretRefs=[LOGIN, LOGIN]), "Duplicate value"),
    "collector without an image": (collecting(image=""), "at least 1 char"),
    "too many collectors": (collecting(replicas=65), "less than or equal to 64"),
    "fewer collectors at most than at least": (
        collecting(replicas=3, autoscaling={"maxReplicas": 2}),
        "maxReplicas has to be at least replicas",
    ),
    "scaling without an end": (collecting(autoscaling={}), "Required value"),
    "no message for a pod": (
        collecting(autoscaling={"maxReplicas": 2, "messagesPerReplica": 0}),
        "greater than or equal to 1",
    ),
    "exchange with a comma": (collecting(exchanges=["nova,cinder"]), "write a name of letters, digits and ._-"),
    "topic with an asterisk": (collecting(topics=["*"]), "write a name of letters, digits and ._-"),
    "no topics": (collecting(topics=[]), "at least 1 item"),
    "samples without a signature": (collecting(sampleTopics=["event"]), "sampleTopics needs telemetrySecretRef"),
    "signature in another namespace": (collecting(telemetrySecretRef={"name": "other/s"}), "in the same namespace"),
    "authority of RabbitMQ elsewhere": (collecting(caSecretRef={"name": "other/s"}), "in the same namespace"),
    "authority of RabbitMQ without a name": (collecting(caSecretRef={"key": "ca.crt"}), "Required value"),
    "definitions in another namespace": (
        collecting(definitionsConfigMapRef={"name": "other/c"}),
        "write the name of a ConfigMap in the same namespace",
    ),
    "memory of a collector in words": (collecting(resources={"limits": {"memory": "much"}}), "should match"),
    "archive without a place": (with_spec(retention={"archive": {}}), "write exactly one of s3"),
    "archive in two places": (archive(persistentVolumeClaim={"claimName": "a"}), "write exactly one of s3"),
    "endpoint of a bucket with a path": (bucket(endpoint="https://objects/b"), "without a login, a bucket or a path"),
    "endpoint without a scheme": (bucket(endpoint="objects:9000"), "such as https://objects.example.org:9000"),
    "bucket in capitals": (bucket(bucket="Events"), "write the name of a bucket"),
    "prefix with a slash": (bucket(prefix="/events/"), "without a slash at its ends"),
    "region with a dot": (bucket(region="eu.1"), "write the name of a region"),
    "key of another namespace": (bucket(secretRef={"name": "other/s"}), "in the same namespace"),
    "authority of the storage elsewhere": (bucket(caSecretRef={"name": "other/s"}), "in the same namespace"),
    "bucket without a key": (with_spec(retention={"archive": {"s3": {"bucket": "events"}}}), "Required value"),
    "claim with a slash": (volume(claimName="a/b"), "write the name of a PersistentVolumeClaim"),
    "path that climbs": (volume(path="../other"), "write a path in the volume"),
    "path from the root": (volume(path="/events"), "write a path in the volume"),
    "for ever unasked": (with_spec(retention={"timeToLive": "0"}), "acknowledgeUnbounded: true"),
    "four cron fields": (with_spec(retention={"schedule": "* * * *"}), "cron schedule of five fields"),
    "publisher with a colon": (with_spec(publishers=[{"name": "a:b"}]), "lower-case letters, digits and hyphens"),
    "publisher twice": (with_spec(publishers=[{"name": "a"}, {"name": "a"}]), "Duplicate value"),
    "two asterisks": (publisher(eventTypes=["*.instance.*"]), "with one * at most"),
    "event type with a comma": (publisher(eventTypes=["a,b"]), "with one * at most"),
    "project by its name": (publisher(projects=["the project"]), "write the id of a project"),
    "no event type at all": (publisher(eventTypes=[]), "at least 1 item"),
    "too many projects": (publisher(projects=[f"p{number}" for number in range(65)]), "at most 64 items"),
    "too many replicas": (with_spec(replicas=65), "less than or equal to 64"),
    "no workers": (with_spec(api={"workers": 0}), "greater than or equal to 1"),
    "fewer at most than at least": (
        with_spec(autoscaling={"minReplicas": 3, "maxReplicas": 2}),
        "write a maxReplicas that is minReplicas or more",
    ),
    "no most": (with_spec(autoscaling={"minReplicas": 3}), "maxReplicas"),
    "autoscaling to none": (with_spec(autoscaling={"minReplicas": 0, "maxReplicas": 2}), "greater than or equal to 1"),
    "autoscaling without a request": (
        with_spec(autoscaling={"maxReplicas": 2}, api={"resources": {"limits": {"memory": "1Gi"}}}),
        "write a cpu into api.resources.requests",
    ),
    "budget of none": (with_spec(podDisruptionBudget={"maxUnavailable": 0}), "a node could never be drained"),
    "budget of zero percent": (
        with_spec(podDisruptionBudget={"maxUnavailable": "0%"}),
        "a node could never be drained",
    ),
    "budget in words": (with_spec(podDisruptionBudget={"maxUnavailable": "half"}), "a percentage from 1% to 100%"),
    "monitoring by a word of its own": (with_spec(monitoring={"dashboard": "on"}), "supported values"),
    "monitoring as a boolean": (with_spec(monitoring={"serviceMonitor": True}), "serviceMonitor"),
    "monitoring label without a value": (with_spec(monitoring={"labels": {"release": 1}}), "release"),
    "peer without a selector": (peer({}), "write an ipBlock alone"),
    "peer that is an address and pods": (
        peer({"ipBlock": {"cidr": "192.0.2.0/24"}, "podSelector": {}}),
        "write an ipBlock alone",
    ),
    "address without its length": (peer({"ipBlock": {"cidr": "192.0.2.1"}}), "cidr"),
    "exception that is no network": (peer({"ipBlock": {"cidr": "192.0.2.0/24", "except": ["a"]}}), "cidr"),
    "label in no value": (
        peer({"podSelector": {"matchExpressions": [{"key": "app", "operator": "In"}]}}),
        "write values with the operators In and NotIn",
    ),
    "label that exists with a value": (
        peer({"namespaceSelector": {"matchExpressions": [{"key": "app", "operator": "Exists", "values": ["a"]}]}}),
        "none with Exists and DoesNotExist",
    ),
    "two certificates": (with_spec(tls={"secretName": "a", "issuerRef": {"name": "b"}}), "write exactly one of"),
    "no certificate": (with_spec(tls={}), "write exactly one of secretName"),
    "certificate of another namespace": (with_spec(tls={"secretName": "other/s"}), "in the same namespace"),
    "issuer without a name": (with_spec(tls={"issuerRef": {"kind": "Issuer"}}), "name: Required value"),
    "issuer of no kind": (with_spec(tls={"issuerRef": {"name": "a", "kind": "issuer"}}), "Issuer and ClusterIssuer"),
    "Ingress without a host": (with_spec(ingress={"className": "nginx"}), "host: Required value"),
    "Ingress for every host": (with_spec(ingress={"host": "*.example.org"}), "without a wildcard"),
    "Ingress for a URL": (with_spec(ingress={"host": "https://example.org"}), "write a host name alone"),
    "Ingress in capitals": (with_spec(ingress={"host": "Example.org"}), "in lower case"),
    "route of no Gateway": (with_spec(gateway={"hostnames": ["a.example.org"]}), "parentRefs: Required value"),
    "route of no Gateway at all": (with_spec(gateway={"parentRefs": []}), "at least 1 item"),
    "route for every host": (
        with_spec(gateway={"parentRefs": [{"name": "g"}], "hostnames": ["*.example.org"]}),
        "without a wildcard",
    ),
    "quantity": (with_spec(api={"resources": {"limits": {"memory": "lots"}}}), "memory"),
}


ACCEPTED = {
    "peers of every kind": with_spec(
        networkPolicy={
            "allowFrom": [
                {"podSelector": {}},
                {"namespaceSelector": {"matchExpressions": [{"key": "tier", "operator": "In", "values": ["a", "b"]}]}},
                {"podSelector": {"matchLabels": {"app": "a"}}, "namespaceSelector": {}},
                {"ipBlock": {"cidr": "192.0.2.0/24", "except": ["192.0.2.128/25"]}},
            ],
            "allowTo": [{"ipBlock": {"cidr": "fd00::/64"}}],
        }
    ),
    "autoscaling": with_spec(autoscaling={"maxReplicas": 4}),
    "autoscaling of one": with_spec(autoscaling={"minReplicas": 1, "maxReplicas": 1}, replicas=0),
    "autoscaling by a limit": with_spec(autoscaling={"maxReplicas": 4}, api={"resources": {"limits": {"cpu": 2}}}),
    "monitoring": with_spec(
        monitoring={"serviceMonitor": "enabled", "prometheusRule": "disabled", "labels": {"release": "stack"}}
    ),
    "budget": with_spec(podDisruptionBudget={"maxUnavailable": 2}),
    "budget in percent": with_spec(podDisruptionBudget={"maxUnavailable": "25%"}),
    "certificate": with_spec(tls={"secretName": "web"}),
    "issuer": with_spec(tls={"issuerRef": {"name": "cloud", "kind": "ClusterIssuer"}}),
    "issuer of an extension": with_spec(tls={"issuerRef": {"name": "a", "kind": "AWSPCAIssuer", "group": "awspca.io"}}),
    "Ingress": with_spec(
        ingress={"className": "nginx", "host": "events.example.org", "annotations": {"a/b": "c"}, "tlsSecretName": "t"}
    ),
    "route": with_spec(
        gateway={
            "parentRefs": [{"name": "g", "namespace": "n", "sectionName": "https", "port": 443}],
            "hostnames": ["events.example.org", "localhost"],
        }
    ),
    "no policy": with_spec(networkPolicy={"enabled": False}),
    "collector": collecting(),
    "collector with all of it": collecting(
        transportURLSecretRefs=[{"name": "one"}, {"name": "one", "key": "cell1"}],
        image="registry.example.org/panko-collector:11.0.0",
        replicas=2,
        autoscaling={"maxReplicas": 8, "messagesPerReplica": 20000},
        exchanges=["nova", "cinder"],
        topics=["notifications", "panko"],
        sampleTopics=["event"],
        telemetrySecretRef=LOGIN,
        caSecretRef={"name": "rabbit-ca", "key": "bundle.pem"},
        definitionsConfigMapRef={"name": "definitions", "key": "mine.yaml"},
        resources={"requests": {"cpu": "50m"}, "limits": {"memory": "1Gi"}},
        nodeSelector={"a": "b"},
        tolerations=[{"operator": "Exists"}],
        topologySpreadConstraints=[],
        priorityClassName="high",
        podAnnotations={"a": "b"},
        podLabels={"a": "b"},
    ),
    "collector that is stopped": collecting(replicas=0),
    "bucket of AWS": archive(),
    "bucket with all of it": bucket(
        endpoint="https://objects.example.org:9000",
        bucket="cloud-events",
        prefix="cloud-1/events",
        region="eu-central-1",
        caSecretRef=LOGIN,
    ),
    "volume": volume(claimName="panko-archive", path="cloud-1/events"),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_good_value_is_kept_as_it_was_written(pankos, case):
    assert pankos.create(ACCEPTED[case])["spec"] == crd.live(ACCEPTED[case])["spec"]


@pytest.mark.parametrize("case", REFUSED)
def test_bad_value_is_refused_with_what_to_write(pankos, case):
    body, words = REFUSED[case]
    assert words in refusal(pankos.create, body)


@pytest.mark.parametrize(
    "body",
    [
        database(host="192.0.2.1"),
        database(host="2001:db8::1"),
        with_spec(memcached={"servers": ["[fd00::1]:11211", "inet6:[fd00::2]:11211", "cache:11211"]}),
        with_spec(memcached={"servers": ["a:1"], "tls": {"caSecretRef": LOGIN, "clientSecretRef": LOGIN}}),
        database(name="Panko_events-2"),
        keystone(endpoints={"public": "https://example.org/events"}),
        with_spec(retention={"timeToLive": "0", "acknowledgeUnbounded": True}),
        with_spec(retention={"timeToLive": "1h30m", "schedule": "@daily"}),
        with_spec(service={"type": "LoadBalancer", "loadBalancerClass": "example.org/lb"}),
        publisher(eventTypes=["compute.instance.*", "*", "image.update"], projects=["2f6e" * 8, "default"]),
        with_spec(replicas=0),
        with_spec(customServiceConfig="[cors]\n\tallowed_origin = ü\n", policy="# \U0001f600\n"),
        with_spec(api={"resources": {"limits": {"cpu": 2, "memory": "1Gi"}}, "affinity": {"podAffinity": {}}}),
    ],
)
def test_unusual_but_right_value_is_accepted(pankos, body):
    assert pankos.create(body)["spec"]["database"]["host"]


def test_mistyped_field_is_refused_by_its_name(pankos):
    body = with_spec(replica=3)
    with pytest.raises(ApiException, match="unknown field") as error:
        pankos.create(body)
    assert "spec.replica" in str(error.value.body)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("p" * 45, "44 characters at most"),
        ("9lives", "begins with a letter"),
        ("a.b", "lower-case letters, digits and hyphens"),
        ("one-api-pods", "does not end in -api-pods"),
        ("one-publisher", "holds no -publisher"),
        ("one-publisher-two", "holds no -publisher"),
    ],
)
def test_name_of_which_a_child_could_not_be_called_is_refused(pankos, name, words):
    body = with_spec()
    body["metadata"]["name"] = name
    assert words in refusal(pankos.create, body)


@pytest.mark.parametrize("name", ["p" * 44, "a", "panko-2", "publisher"])
def test_name_of_which_every_child_can_be_called_is_accepted(pankos, name):
    body = with_spec()
    body["metadata"]["name"] = name
    assert pankos.create(body)["metadata"]["name"] == name


@pytest.fixture(scope="module")
def stored(pankos):
    """A Panko that is there."""
    body = with_spec()
    body["metadata"]["name"] = "stored"
    pankos.create(body, keep=True)
    yield "stored"
    pankos.delete("stored")


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"database": {"engine": "postgresql"}}, "engine cannot be changed"),
        ({"database": {"name": "other"}}, "name cannot be changed"),
        ({"keystone": {"region": "Other"}}, "region cannot be changed"),
    ],
)
def test_what_cannot_be_changed_says_why(pankos, stored, spec, words):
    assert words in refusal(pankos.change, stored, spec)


def test_account_can_be_exchanged(pankos, stored):
    spec = {"database": {"adminSecretRef": None, "accountSecretRef": LOGIN}}
    assert "adminSecretRef" not in pankos.change(stored, spec)["spec"]["database"]


def test_a_service_user_that_an_older_definition_filled_in_stays_and_may_be_taken_out(pankos, stored):
    assert pankos.change(stored, {"keystone": {"serviceUser": "panko"}})["spec"]["keystone"]["serviceUser"] == "panko"
    taken_out = pankos.change(stored, {"keystone": {"serviceUser": None, "publish": False}})["spec"]["keystone"]
    assert "serviceUser" not in taken_out
    assert taken_out["publish"] is False
