# The wheel and a virtual environment from the hashed locks.
FROM python:3.13-slim AS builder

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_NO_INPUT=1 \
    PIP_ROOT_USER_ACTION=ignore

WORKDIR /src

# Packages first: this layer is made anew only when a lock changes.
COPY requirements.lock requirements-build.lock ./
RUN pip install --require-hashes -r requirements-build.lock \
 && python -m venv --without-pip /opt/mock-cronofy \
 && pip --python /opt/mock-cronofy/bin/python install --require-hashes -r requirements.lock

COPY pyproject.toml README.md LICENSE ./
COPY mock_server ./mock_server
COPY fixtures ./fixtures
COPY scenarios ./scenarios
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /dist . \
 && pip --python /opt/mock-cronofy/bin/python install --no-deps --no-index /dist/*.whl \
 && /opt/mock-cronofy/bin/python -m compileall -q -j 0 /opt/mock-cronofy/lib

# Only that environment, run by a user without rights.
FROM python:3.13-slim

LABEL org.opencontainers.image.title="mock-cronofy" \
      org.opencontainers.image.description="A local emulator of the Cronofy calendar API" \
      org.opencontainers.image.licenses="MIT"

RUN groupadd --gid 10001 mock \
 && useradd --uid 10001 --gid 10001 --create-home --shell /usr/sbin/nologin mock

COPY --from=builder /opt/mock-cronofy /opt/mock-cronofy

ENV PATH=/opt/mock-cronofy/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MOCK_CRONOFY_HOST=0.0.0.0 \
    MOCK_CRONOFY_PORT=8282

USER 10001:10001
WORKDIR /home/mock
EXPOSE 8282
STOPSIGNAL SIGTERM

HEALTHCHECK --interval=10s --timeout=5s --start-period=5s --retries=3 \
    CMD ["mock-cronofy", "health"]

ENTRYPOINT ["mock-cronofy", "serve"]
