# One image, several commands: see docker-compose.yml. The target `backup` has PostgreSQL's client as well.
ARG POSTGRES_VERSION=16
FROM postgres:${POSTGRES_VERSION}-bookworm AS postgres

FROM python:3.13-slim-bookworm AS base

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

RUN groupadd --gid 10001 grader && useradd --uid 10001 --gid grader --no-log-init --create-home grader \
    && install -d -o grader -g grader /data
# The base image leaves its standard library uncompiled, and a read-only container would compile it at every start.
RUN python3 -m compileall -q -x 'site-packages' "$(python3 -c 'import os; print(os.path.dirname(os.__file__))')"

WORKDIR /app
COPY requirements.lock ./
RUN python3 -m venv /app/venv && /app/venv/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY rubrics ./rubrics
COPY workers ./workers
COPY grader ./grader
# pip compiles what it installs, and passes over the rubrics' example that is no valid Python.
RUN /app/venv/bin/pip install --no-deps --no-build-isolation --no-index .

ENV PATH=/app/venv/bin:$PATH GRADER_DATA_DIR=/data GRADER_HOST=0.0.0.0
# By number, which Kubernetes asks of an image whose pod has `runAsNonRoot`.
USER 10001:10001
# No VOLUME: each container would leave an anonymous one behind. Mount one at /data to run `grader serve`.
WORKDIR /data
EXPOSE 8000
CMD ["grader", "api"]

FROM base AS backup
ARG POSTGRES_VERSION
USER 0
# The server's own image knows where its packages come from, so that client and server are of one version.
COPY --from=postgres /etc/apt/sources.list.d/pgdg.list /etc/apt/sources.list.d/
COPY --from=postgres /usr/local/share/keyrings/postgres.gpg.asc /usr/local/share/keyrings/
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates postgresql-client-${POSTGRES_VERSION} \
    && rm -rf /var/lib/apt/lists/* && install -d -o grader -g grader -m 700 /backups
USER 10001:10001

FROM base AS grader
