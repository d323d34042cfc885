"""The plain manifests install what the chart installs."""

import pytest

from rendering import chart, manifests, programs


def key(manifest):
    metadata = manifest["metadata"]
    return manifest["kind"], metadata.get("namespace", ""), metadata["name"]


@pytest.fixture(scope="module")
def kustomized():
    """What `kubectl apply -k deploy/manifests` sends."""
    return {key(one): one for one in chart.parse(programs.run(programs.kubectl(), "kustomize", manifests.PATH))}


@pytest.fixture(scope="module")
def installed(default_release):
    """What `helm install` sends, without the traces of Helm."""
    return {key(one): manifests.plain(one) for one in default_release if not chart.is_hook(one)}


def test_the_files_are_current(tmp_path):
    for name, text in manifests.files(tmp_path).items():
        assert (manifests.PATH / name).read_text() == text, f"{name} is old: run `make manifests`"


def test_both_ways_install_the_same_objects(kustomized, installed):
    # helm makes the namespace by --create-namespace
    assert set(kustomized) - set(installed) == {("Namespace", "", chart.NAMESPACE)}
    assert set(installed) <= set(kustomized)


def test_both_ways_install_equal_objects(kustomized, installed):
    for name, expected in installed.items():
        assert kustomized[name] == expected, name


def test_the_namespace_enforces_the_restricted_standard(kustomized):
    labels = kustomized["Namespace", "", chart.NAMESPACE]["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_nothing_tells_of_helm(kustomized):
    assert "helm" not in str(list(kustomized.values())).lower()
