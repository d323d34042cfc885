"""A new release of the operator restarts no pod of a Panko, unless somebody has meant it to.

Pods are replaced when their template is another one, the names of their configuration included, which say what it
holds. So a golden file has a digest of each template as the last release rendered it, for every sample.
"""

from pathlib import Path

import pytest
import yaml

from fakes import crd
from panko_operator.children import api, config, haproxy
from panko_operator.children.parts import digest
from panko_operator.resource import Panko

GOLDEN = Path(__file__).parent / "golden" / "pod-templates.yaml"
SAMPLES = sorted(path.stem for path in crd.SAMPLES.glob("*.yaml"))
MEANT = """
Pods of the {component} are rendered otherwise than by the last release, so whoever upgrades the operator has every pod
of every Panko restarted, all Pankos at about the same time. Do without that if it can be done: render what is new only
where the spec asks for it. If it is meant, say so in CHANGELOG.md, under Changed, and accept it by

    .venv/bin/pytest tests/unit/operator/children/test_restarts.py --accept-restart
"""


@pytest.fixture(scope="session")
def rendered(inputs):
    """The digest of each pod template of each sample, as one operator renders it for one database and Keystone."""
    return {name: templates(name, inputs) for name in SAMPLES}


def templates(sample, inputs):
    panko = Panko.from_body(crd.live(crd.sample(sample)))
    configuration = config.secret(panko, inputs)["metadata"]["name"]
    found = {"api": api.deployment(panko, image="panko:11", config_name=configuration, replicas=2)}
    if panko.spec.haproxy.enabled:
        balanced = haproxy.config_map(panko, "cluster.local")["metadata"]["name"]
        found["haproxy"] = haproxy.deployment(panko, image="haproxy:3", config_name=balanced)
    return {component: digest.plain(live["spec"]["template"]) for component, live in found.items()}


@pytest.fixture(scope="session")
def released(request, rendered):
    """What the last release rendered; with --accept-restart what this one does, from now on.

    With --regenerate-golden only what was not there before is added: a new sample, or a component.
    """
    found = yaml.safe_load(GOLDEN.read_text())
    if request.config.getoption("--accept-restart", default=False):
        found = rendered
    elif request.config.getoption("--regenerate-golden", default=False):
        found = {name: {**digests, **found.get(name, {})} for name, digests in rendered.items()}
    else:
        return found
    GOLDEN.write_text(yaml.safe_dump(found))
    return found


@pytest.mark.parametrize("sample", SAMPLES)
def test_an_upgrade_of_the_operator_restarts_no_pod(sample, released, rendered):
    before = released.get(sample, {})
    assert rendered[sample].keys() == before.keys(), f"{GOLDEN} does not know all of sample {sample}: `make golden`"
    for component, digested in rendered[sample].items():
        assert digested == before[component], MEANT.format(component=component)


def test_what_is_rendered_twice_is_the_same(inputs, rendered):
    assert {name: templates(name, inputs) for name in SAMPLES} == rendered


def test_another_configuration_counts_as_another_template(released):
    assert len({tuple(one.values()) for one in released.values()}) > 1
