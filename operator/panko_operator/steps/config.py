"""The API's configuration: an immutable Secret under a name that says what it holds."""

from panko_operator.children import config as manifests
from panko_operator.observe import Observation
from panko_operator.steps import publishers, secrets
from panko_operator.steps.context import Pass, done


def config(this: Pass) -> Observation:
    """Have the configuration that the pods will mount."""
    keys = secrets.kept(
        this,
        this.panko.keys_name,
        {"configHashKey": this.world.new_secret, "memcacheSecretKey": this.world.new_secret},
    )
    wanted = manifests.ConfigInputs(
        api_login=this.api_login,
        service_user_password=this.service_user.password,
        memcache_secret_key=keys["memcacheSecretKey"],
        hash_key=keys["configHashKey"],
        htpasswd_lines=publishers.htpasswd_lines(this),
    )
    manifest = manifests.secret(this.panko, wanted)
    this.world.kube.apply(manifest)
    this.config_name = manifest["metadata"]["name"]
    this.config_hash = manifests.digest(manifest, keys["configHashKey"])
    if this.previous.get("configHash", this.config_hash) != this.config_hash:
        this.note(
            "ConfigChanged", f"The API's configuration changed; its pods are replaced by such with {this.config_hash}."
        )
    return done("Ready", f"The configuration is in Secret {this.config_name}.{_changing(wanted.htpasswd_lines)}")


def _changing(lines: tuple[str, ...]) -> str:
    """Say which passwords somebody has to take out one day; nobody else knows when."""
    names = ", ".join(publishers.changing(lines))
    return (
        f" Previous passwords hold still: {names}; take previous-password out when they have changed." if names else ""
    )
