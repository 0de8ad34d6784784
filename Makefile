# Everything that a checkout needs, given Python 3.11 or later and make. Name another Python with PYTHON=/path/to/python3.
.PHONY: help run test screenshots test-brokers quick coverage lint types check fuzz bench differences lock clean
.DEFAULT_GOAL := help
export PYTHON
# Compiled code is kept: the tests start a hundred processes, and each would compile the server anew.
unexport PYTHONDONTWRITEBYTECODE
VENV_PYTHON := .venv/bin/python
# Processes of tests, each with a database and a server of its own: one more than processors, since now and then one waits.
PROCESSORS := $(shell getconf _NPROCESSORS_ONLN)
# So many orders are told to every destination by `make test-brokers`.
ORDERS ?= 10000
WORKERS ?= $(shell expr $(PROCESSORS) + 1)

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

run: .venv/.ready ## run the server with its own database and the demo project at http://127.0.0.1:8080
	@exec $(VENV_PYTHON) -m orderwright.cli run $(ARGS)

test: .venv/.ready-dev ## run the tests on all processors; ARGS="tests/test_x.py -x" narrows them down, in one process
	$(VENV_PYTHON) -m pytest $(if $(ARGS),$(ARGS),$(ALL))

test-brokers: .venv/.ready-dev ## run the tests of destinations against Redis, RabbitMQ and NATS, which it starts, with ORDERS=10000
	tools/brokers.sh
	ORDERWRIGHT_TEST_BROKERS=1 ORDERWRIGHT_TEST_ORDERS=$(ORDERS) $(VENV_PYTHON) -m pytest tests/delivery

quick: .venv/.ready-dev ## what needs no database, in half a minute: ruff and the tests of laws, rooms and documents
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m pytest -m pure -n $(PROCESSORS) --dist loadfile $(PURE) $(ARGS)

coverage: .venv/.ready-dev ## run all tests and measure the domain's branches; fails below the share that pyproject.toml names
	@rm -f .coverage .coverage.*
	ORDERWRIGHT_TEST_COVERAGE=1 $(VENV_PYTHON) -m pytest $(if $(ARGS),$(ARGS),$(ALL))
	$(VENV_PYTHON) -m coverage combine --quiet
	$(VENV_PYTHON) -m coverage report

lint: .venv/.ready-dev ## ruff: rules and format
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .

types: .venv/.ready-dev ## mypy, strict
	$(VENV_PYTHON) -m mypy

check: lint types test ## lint, types and tests

fuzz: .venv/.ready-dev ## ask a real server what openapi.json allows, and a little more; FUZZ_SECONDS and FUZZ_SHARE bound it
	$(VENV_PYTHON) tests/fuzz/fuzzing.py $(ARGS)

screenshots: .venv/.ready-dev ## take the pictures of the order desk that docs/desk.md shows; asks for Chromium and its driver
	$(VENV_PYTHON) tests/desk/screenshots.py

bench: .venv/.ready ## measure this machine; write bench/results/latest.json and docs/performance.md
	$(VENV_PYTHON) -m orderwright.cli bench --output bench/results/latest.json --page docs/performance.md $(ARGS)

differences: .venv/.ready ## rewrite the generated part of docs/differences.md; SPEC=path/to/openapi.json
	@$(VENV_PYTHON) tools/differences.py $(SPEC)

lock: .venv/.ready ## pin the newest allowed versions in requirements*.lock
	$(VENV_PYTHON) -m pip install --quiet --disable-pip-version-check uv
	$(COMPILE) --extra build pyproject.toml -o requirements.lock
	$(COMPILE) --extra build --extra dev pyproject.toml -o requirements-dev.lock

clean: ## remove the virtual environment and caches; the data stay
	rm -rf .venv .cache .mypy_cache .ruff_cache .hypothesis .coverage .coverage.* dist traffic*.jsonl
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A file at a time, since its tests may share a server; in the order that tests/conftest.py gives.
ALL := -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations=15
PURE := $(addprefix tests/,auth domain emporix engine http outside predicates telemetry) $(addprefix tests/test_,architecture.py docs.py settings.py)

COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" $(VENV_PYTHON) -m uv pip compile --quiet --upgrade --universal \
	--generate-hashes --no-annotate -p 3.11

.venv/.ready: requirements.lock pyproject.toml
	@sh -euc "$$SETUP" setup requirements.lock $@

.venv/.ready-dev: requirements-dev.lock pyproject.toml
	@sh -euc "$$SETUP" setup requirements-dev.lock $@

# Finds a Python, then runs INSTALL under a lock that the kernel frees however this ends: two makes may start at once.
define SETUP
for python in $${PYTHON:-python3.13 python3.12 python3.11 python3}; do
  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi
done
if [ -z "$${found:-}" ]; then
  echo "Orderwright needs Python 3.11 or later; install it, or name one with make PYTHON=/path/to/python3." >&2; exit 1
fi
if ! "$$found" -c 'import ensurepip, venv' 2>/dev/null; then
  echo "$$found comes without ensurepip, which builds .venv; install it (Debian, Ubuntu: apt install python3-venv)." >&2; exit 1
fi
mkdir -p .venv
exec "$$found" -c '
import fcntl, os, sys
lock = os.open(".venv/.lock", os.O_RDWR | os.O_CREAT)
os.set_inheritable(lock, True)
fcntl.flock(lock, fcntl.LOCK_EX)
os.execvp("sh", ["sh", "-euc", os.environ["INSTALL"], "install", *sys.argv[1:]])
' "$$found" "$$1" "$$2"
endef
export SETUP

# Another make may have done it while this one waited. A half-made environment is begun again.
define INSTALL
if [ -e "$$3" ] && [ ! "$$2" -nt "$$3" ] && [ ! pyproject.toml -nt "$$3" ]; then exit 0; fi
pip() { .venv/bin/python -m pip --quiet --disable-pip-version-check "$$@"; }
if ! pip --version >/dev/null 2>&1; then
  echo "Building .venv with $$1 ..."
  rm -rf .venv/bin .venv/lib .venv/lib64 .venv/include .venv/pyvenv.cfg
  "$$1" -m venv .venv
fi
echo "Installing $$2 ..."
pip install --require-hashes -r "$$2"
pip install --no-build-isolation --no-deps -e .
touch "$$3"
endef
export INSTALL
