# `make` explains the verbs. Everything that a verb needs is set up by it: on Debian 12, as root, nothing is installed by hand.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
BIN := .venv/bin
CLUSTER := $(PYTHON) tests/cluster
# With what marks the places in tracebacks, Python 3.11 cannot show two errors at once: pytest ends in the middle then.
export PYTHONNODEBUGRANGES := 1
# A test with real servers that fails is run once more, and both are told (`tests/conftest.py`).
TWICE := --reruns 1

help: ## Explain the verbs
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: cloud ## From nothing to `openstack event history` on a real cluster
	PYTHONPATH=tests $(BIN)/python -m demo

# The cluster comes up beside the fast part; what that prints is shown when it has ended. The others need the machine.
test: ## Everything that must hold
	$(MAKE) --jobs 2 --output-sync=target cloud check .venv-openstack/ready .venv-ceilometer/ready .venv-docs/ready
	$(MAKE) functional
	$(MAKE) e2e

check: lint unit ## The fast part of the tests: lint, types, layers, unit

lint: .venv/ready ## Ruff, mypy, import-linter, the workflows, no package in a plain folder, no symbolic link
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	PYTHONPATH=tests $(BIN)/python -m workflows
	@! git ls-files | grep -E '^(operator|service|client|tests(/.*)?)/__init__\.py$$' \
	  || { echo 'These folders must stay plain: operator/__init__.py would shadow the standard library.'; exit 1; }
	@! git ls-files --stage | grep -E '^120000' \
	  || { echo 'No symbolic links: they point to places that a clean checkout does not have.'; exit 1; }

unit: .venv/ready ## Unit tests
	$(BIN)/pytest tests/unit --numprocesses 2

functional: .venv/ready .venv-openstack/ready .venv-ceilometer/ready .venv-docs/ready ## On real databases, memcached, RabbitMQ, Keystone, ceilometer, kube-apiserver, and in a browser
	$(CLUSTER) binaries
	$(BIN)/pytest tests/functional $(TWICE) --numprocesses 3 --dist loadfile --no-loadscope-reorder

e2e: cloud ## On the real cluster: KUBECONFIG's, or a local one
	$(BIN)/pytest tests/e2e $(TWICE)

bench: cloud ## Print figures: ratios and times, never a verdict
	PYTHONPATH=tests $(BIN)/python -m bench.operator_speed
	PYTHONPATH=tests $(BIN)/python -m bench.event_speed
	PYTHONPATH=tests $(BIN)/python -m bench.scale --pankos 200

cluster: ## Bring up a real Kubernetes cluster on this machine
	$(CLUSTER) up

cluster-down: ## Take it down and leave nothing behind
	$(CLUSTER) down

images: ## Build the product's images and load them into the cluster
	$(CLUSTER) images build

cloud: .venv/ready ## The cluster, the images in it, and an OpenStack to register with
	$(CLUSTER) up
	$(CLUSTER) images
	$(CLUSTER) images build
	$(CLUSTER) openstack

format: .venv/ready ## Format the code
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

golden: .venv/ready ## Regenerate the golden manifests and statements; review them like code
	$(BIN)/pytest -q tests/unit/operator/children tests/unit/service/storage --regenerate-golden

manifests: .venv/ready ## Regenerate deploy/manifests, the chart's copy of the CRD and every copy of the version
	PYTHONPATH=tests $(BIN)/python -m rendering

kubectl-plugin: .venv/ready ## Build build/kubectl-panko: `kubectl panko` in one file, and its completion
	PYTHONPATH=tests $(BIN)/python -m rendering.kubectl_plugin build

docs: .venv/ready .venv-docs/ready ## Make a site of the documentation: build/site/index.html
	rm -rf build/site build/site-source
	PYTHONPATH=tests $(BIN)/python -m rendering.site build/site-source
	.venv-docs/bin/sphinx-build -W --keep-going -q -c docs build/site-source build/site

screenshots: .venv/ready .venv-openstack/ready ## Take the pictures of the page for docs/images, and look at them
	PYTHONPATH=tests $(BIN)/python -m screenshots

samples: .venv/ready ## Write build/panko.conf.sample and build/policy.yaml.sample: every option, every rule
	mkdir -p build
	$(BIN)/oslo-config-generator --config-file service/etc/config-generator.conf
	$(BIN)/oslopolicy-sample-generator --config-file service/etc/policy-generator.conf

lock: .venv/ready ## Regenerate the lock files
	requirements/lock.sh

clean: ## Remove the virtual environments and caches of the tools
	rm -rf .venv .venv-openstack .venv-ceilometer .venv-docs .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build

.venv/ready: requirements/dev.txt service/pyproject.toml operator/pyproject.toml client/pyproject.toml
	command -v $(PYTHON) > /dev/null || { apt-get update -q && apt-get install -y -q python3; }
	$(CLUSTER) packages
	$(PYTHON) -m venv --clear .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e service -e operator -e client
	touch $@

# Keystone has a venv of its own, from the lock that its image is made of.
.venv-openstack/ready: tests/cluster/openstack/requirements-keystone.txt
	$(PYTHON) -m venv --clear .venv-openstack
	.venv-openstack/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

# So has ceilometer's agent, together with the service and the client: it loads the publishers of both.
.venv-ceilometer/ready: requirements/ceilometer.txt service/pyproject.toml client/pyproject.toml
	$(PYTHON) -m venv --clear .venv-ceilometer
	.venv-ceilometer/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	.venv-ceilometer/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e service -e client
	touch $@

# Sphinx has its own: it and furo choose a docutils.
.venv-docs/ready: requirements/docs.txt
	$(PYTHON) -m venv --clear .venv-docs
	.venv-docs/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

.PHONY: help demo test check lint unit functional e2e bench cloud cluster cluster-down images format golden manifests kubectl-plugin docs screenshots samples lock clean
