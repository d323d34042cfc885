"""The API's configuration: an immutable Secret under a name that says what it holds."""

from panko_operator.accounts import publishers, secrets
from panko_operator.children import config as manifests
from panko_operator.passes.context import Context
from panko_operator.passes.facts import Accounts, Configuration, Facts, Inputs, Registered
from panko_operator.passes.step import Note, Outcome, done
from panko_operator.steps.parts import recent


def config(context: Context, facts: Facts) -> Outcome:
    """Have the configuration that the pods will mount."""
    new_secret = context.world.new_secret
    made = {"configHashKey": new_secret, "memcacheSecretKey": new_secret, "sessionKeys": new_secret}
    keys = secrets.kept(context, context.panko.keys_name, made)
    lines, passwords = publishers.htpasswd_lines(context, facts[Inputs].publisher_passwords)
    wanted = manifests.ConfigInputs(
        api_login=facts[Accounts].api,
        service_user=facts[Registered].user.login,
        application=facts[Registered].user.application,
        memcache_secret_key=keys["memcacheSecretKey"],
        hash_key=keys["configHashKey"],
        htpasswd_lines=lines,
        session_keys=keys["sessionKeys"],
    )
    manifest = manifests.secret(context.panko, wanted)
    context.apply(manifest)
    name, digest = manifest["metadata"]["name"], manifests.digest(manifest, keys["configHashKey"])
    return Outcome(
        done("Ready", f"The configuration is in Secret {name}.{_changing(context, wanted.htpasswd_lines)}"),
        Configuration(name, passwords),
        status={"configHash": digest, **recent.keep(context, "recentConfigs", manifest)},
        notes=_news(context, digest),
    )


def _news(context: Context, digest: str) -> tuple[Note, ...]:
    if context.previous.get("configHash", digest) == digest:
        return ()
    message = f"The API's configuration changed; its pods are replaced by ones with {digest}."
    return (Note("ConfigChanged", message),)


def _changing(context: Context, lines: tuple[str, ...]) -> str:
    """Say which passwords somebody has to take out one day; nobody else knows when."""
    names = ", ".join(publishers.changing(context, lines))
    return (
        f" Previous passwords hold still: {names}; take previous-password out when they have changed." if names else ""
    )
