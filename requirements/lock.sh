#!/usr/bin/env bash
# Regenerates the lock files from the *.in files and the three pyproject.toml. Needs `uv` (in the dev lock).
# --universal: one lock for every Python that is supported, with markers where they differ.
# --no-emit-index-url keeps the place where packages were fetched from out of the repository.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}
compile() {
  "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
    --custom-compile-command "make lock" "$@"
}
compile requirements/build.in -o requirements/build.txt
compile service/pyproject.toml --extra archive -o requirements/service.txt
# botocore holds python-dateutil back; the tests have one of it for both.
compile operator/pyproject.toml -c requirements/service.txt -o requirements/operator.txt
compile client/pyproject.toml --extra kubectl --extra openstack -c requirements/service.txt -c requirements/operator.txt \
  -o requirements/client.txt
compile service/pyproject.toml operator/pyproject.toml client/pyproject.toml --extra archive --extra kubectl \
  --extra openstack requirements/dev.in \
  -c requirements/service.txt -c requirements/operator.txt -c requirements/client.txt -o requirements/dev.txt
# Not with the service's own lock: ceilometer wants older libraries, and so do agents.
compile service/pyproject.toml client/pyproject.toml requirements/ceilometer.in -o requirements/ceilometer.txt
compile requirements/release.in -o requirements/release.txt
compile requirements/docs.in -o requirements/docs.txt
