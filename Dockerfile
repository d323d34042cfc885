# Three images from one file:
#   docker build   --target service   -t panko .            # the event API, its schema and its expirer, and panko-import and panko-demo
#   buildah build  --target collector -t panko-collector .  # notifications from RabbitMQ
#   buildah build  --target operator  -t panko-operator .   # the controller
# BASE_IMAGE is any Debian image with python3 and its venv module. The default is an index of several architectures, by its digest:
#   docker buildx imagetools inspect python:3.11-slim-bookworm
ARG BASE_IMAGE=docker.io/library/python:3.11-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b

FROM ${BASE_IMAGE} AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN groupadd --gid 42420 panko \
    && useradd --uid 42420 --gid 42420 --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin panko

# pip lives here and in no final image; /opt/panko is a venv without it.
FROM base AS pip
RUN python3 -m venv /build && python3 -m venv --without-pip /opt/panko
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
COPY requirements/build.txt /src/requirements/
RUN /build/bin/pip install --require-hashes -r /src/requirements/build.txt

FROM pip AS service-build
COPY requirements/service.txt /src/requirements/
RUN /build/bin/pip --python /opt/panko/bin/python install --only-binary :all: --require-hashes -r /src/requirements/service.txt
COPY service /src/service
# The client needs what the service has anyway, and brings panko-import and panko-demo.
COPY client /src/client
RUN /build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /dist /src/service /src/client \
    && /build/bin/pip --python /opt/panko/bin/python install --no-deps /dist/*.whl \
    && python3 -m compileall -q /opt/panko

# Ceilometer wants older libraries than the API has. Of jsonpath-rw there is no wheel.
FROM pip AS collector-build
COPY requirements/ceilometer.txt /src/requirements/
RUN /build/bin/pip --python /opt/panko/bin/python install --only-binary :all: --no-binary jsonpath-rw --require-hashes \
    -r /src/requirements/ceilometer.txt
COPY service /src/service
RUN /build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /dist /src/service \
    && /build/bin/pip --python /opt/panko/bin/python install --no-deps /dist/*.whl \
    && python3 -m compileall -q /opt/panko

FROM pip AS operator-build
COPY requirements/operator.txt /src/requirements/
RUN /build/bin/pip --python /opt/panko/bin/python install --only-binary :all: --require-hashes -r /src/requirements/operator.txt
COPY operator /src/operator
RUN /build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /dist /src/operator \
    && /build/bin/pip --python /opt/panko/bin/python install --no-deps /dist/*.whl \
    && python3 -m compileall -q /opt/panko

FROM base AS operator
LABEL org.opencontainers.image.title="panko-operator" org.opencontainers.image.licenses="Apache-2.0"
COPY --from=operator-build /opt/panko /opt/panko
ENV PATH=/opt/panko/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
USER 42420:42420
EXPOSE 8080
CMD ["panko-operator"]

FROM base AS collector
LABEL org.opencontainers.image.title="panko-collector" org.opencontainers.image.licenses="Apache-2.0"
COPY --from=collector-build /opt/panko /opt/panko
ENV PATH=/opt/panko/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
USER 42420:42420
EXPOSE 9778
CMD ["panko-collector"]

FROM base AS service
LABEL org.opencontainers.image.title="panko" org.opencontainers.image.licenses="Apache-2.0"
COPY --from=service-build /opt/panko /opt/panko
ENV PATH=/opt/panko/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
USER 42420:42420
EXPOSE 8777
CMD ["panko-api"]
