"""A real kube_apiserver for tests."""
