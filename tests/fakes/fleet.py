"""The pods of a Panko in memory: each goes on with what was in its Secrets when it was made, until it is gone."""

import base64
import configparser
import itertools
import urllib.parse


class Fleet:
    """Pods of the API that a rollout replaces, and those of Jobs. `roll` is one step of the kubelet's."""

    def __init__(self, memory):
        self.memory = memory
        self.logins = {}  # of the database, by pod
        self.users = {}  # of Keystone, by pod; without a password where it has an application credential
        self.applications = {}  # of Keystone, by pod
        self.numbers = itertools.count(1)
        self.lost = []
        memory.database.on_drop = self.note_loss
        memory.keystone.on_delete = self.note_loss

    def roll(self):
        """Let what was on its way out be gone, and start what the Deployment asks for."""
        for name in [name for name, pod in self.pods() if "deletionTimestamp" in pod["metadata"]]:
            self.end(name)
        deployment = self.memory.kube.objects["Deployment", self.memory.namespace, f"{self.memory.name}-api"]
        volumes = deployment["spec"]["template"]["spec"]["volumes"]
        if not any(pod["spec"]["volumes"] == volumes for _, pod in self.pods("api")):
            for _, pod in self.pods("api"):
                pod["metadata"]["deletionTimestamp"] = "2030-01-01T00:00:00Z"
            self.start("api", volumes)

    def start(self, component, volumes):
        """Start a pod with what its Secret holds now; return its name."""
        name = f"{self.memory.name}-{component}-{next(self.numbers)}"
        (secret,) = [one["secret"]["secretName"] for one in volumes if one["name"] == "config"]
        conf = configparser.ConfigParser(interpolation=None)
        conf.read_string(base64.b64decode(self.memory.secret(secret)["panko.conf"]).decode())
        url = urllib.parse.urlsplit(conf["database"]["connection"])
        self.logins[name] = (url.username, url.password)
        if conf.has_section("keystone_authtoken"):
            known = conf["keystone_authtoken"]
            self.users[name] = (known["username"], known.get("password"))
            if known["auth_type"] == "v3applicationcredential":
                self.applications[name] = tuple(known[f"application_credential_{part}"] for part in ("name", "secret"))
        labels = {"app.kubernetes.io/name": "panko", "app.kubernetes.io/instance": self.memory.name}
        metadata = {
            "name": name,
            "namespace": self.memory.namespace,
            "labels": {**labels, "app.kubernetes.io/component": component},
            "creationTimestamp": self.memory.time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        spec, status = {"volumes": volumes}, {"phase": "Running"}
        self.memory.kube.put({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": status})
        return name

    def start_job(self, component, secret):
        """Start the pod of a Job."""
        return self.start(component, [{"name": "config", "secret": {"secretName": secret}}])

    def end(self, name):
        """Let a pod be gone."""
        del self.memory.kube.objects["Pod", self.memory.namespace, name]
        self.logins.pop(name)
        self.users.pop(name, None)
        self.applications.pop(name, None)

    def stop(self):
        """Let nothing use a login any more."""
        self.logins.clear()
        self.users.clear()
        self.applications.clear()

    def pods(self, component=""):
        """Return the pods by name."""
        found = [(name, pod) for (kind, _, name), pod in self.memory.kube.objects.items() if kind == "Pod"]
        return [(name, pod) for name, pod in found if f"-{component}" in name]

    def check(self):
        """Assert that every pod can log in wherever it does, and that none ever lost its account."""
        assert self.lost == [], "a live pod used what was dropped"
        for name, (username, password) in self.logins.items():
            assert self.memory.database.accounts.get(username) == password, f"{name} cannot log in"
        for name, (username, password) in self.users.items():
            user = self.memory.keystone.users.get(username)
            assert user is not None, f"{name} has lost its user"
            assert password in (None, user.password), f"{name} cannot log in at Keystone"
        for name, (application, secret) in self.applications.items():
            found = self.memory.keystone.applications.get(application)
            assert found is not None, f"{name} has lost its application credential"
            assert found.secret == secret, f"{name} cannot log in at Keystone"

    def note_loss(self, username):
        """Note an account that is dropped although a live pod uses it."""
        used = {login[0] for login in (*self.logins.values(), *self.users.values(), *self.applications.values())}
        if username in used:
            self.lost.append(username)  # a pass makes a condition of whatever is raised in it
