# One image, several commands: see docker-compose.yml.
FROM python:3.13-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

RUN useradd --system --uid 10001 --create-home grader && install -d -o grader -g grader /data
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
USER grader
WORKDIR /data
VOLUME /data
EXPOSE 8000
CMD ["grader", "api"]
