"""The operator's environment."""

import pytest

from panko_operator.settings import LogFormat, Settings, SettingsError

COMPLETE = {
    "PANKO_IMAGE": "registry.example:5000/panko:11",
    "HAPROXY_IMAGE": "haproxy@sha256:0123",
    "COLLECTOR_IMAGE": "panko-collector:11",
    "POD_NAME": "panko-operator-1",
    "POD_NAMESPACE": "panko-system",
}


def read(**changes):
    return Settings.from_environment({**COMPLETE, **changes})


def test_the_defaults_are_the_whole_cluster_and_json():
    settings = read()
    assert settings.watch_namespaces == ()
    assert settings.cluster_domain == "cluster.local"
    assert settings.log_format is LogFormat.JSON
    assert not settings.log_debug


def test_several_namespaces_are_separated_by_commas():
    assert read(WATCH_NAMESPACE="one, two").watch_namespaces == ("one", "two")


@pytest.mark.parametrize(
    ("address", "host"), [("", "0.0.0.0"), ("192.0.2.1", "0.0.0.0"), ("fd00::1", "[::]"), ("2001:db8::a", "[::]")]
)
def test_health_is_told_in_the_family_that_the_kubelet_asks_in(address, host):
    assert read(POD_IP=address).health_host == host


def test_the_operators_own_pods_are_known_by_their_labels():
    assert read().operator_labels == {"app.kubernetes.io/name": "panko-operator"}
    assert read(OPERATOR_LABELS="a/b=c, d=e").operator_labels == {"a/b": "c", "d": "e"}


def test_an_empty_variable_is_none():
    assert read(WATCH_NAMESPACE="", CLUSTER_DOMAIN="").cluster_domain == "cluster.local"


def test_everything_that_is_missing_is_named_at_once():
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({})
    for name in COMPLETE:
        assert f"{name} is not set" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("PANKO_IMAGE", "panko", "write an image with a tag or digest"),
        ("WATCH_NAMESPACE", "Not_A_Name", "write the name of a namespace"),
        ("LOG_FORMAT", "xml", "write json or plain"),
        ("LOG_DEBUG", "maybe", "write true or false"),
        ("MAX_WORKERS", "0", "write a number from 1 to 64"),
        ("MAX_WORKERS", "many", "write a number from 1 to 64"),
        ("POD_IP", "localhost", "write the address of the pod"),
        ("OPERATOR_LABELS", "panko-operator", "write labels as key=value"),
        ("OPERATOR_LABELS", "a=b,", "write labels as key=value"),
    ],
)
def test_a_wrong_value_is_named_with_what_to_write(name, value, advice):
    with pytest.raises(SettingsError, match=f"{name} .*{advice}"):
        read(**{name: value})
