# A bare machine needs python3 (3.11 or newer), git and make. Everything else comes from requirements/, by hash.
# The locks are whole, so nothing is left to resolve (--no-deps): a release made since cannot get in the way.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps
SIZE   ?= 100000
WORKERS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 2)')
# more processes of tests than processors: many a test waits for a server, a browser or a disk
GENERATED := docs/glossary.md docs/reference/*.md docs/pl/reference/*.md

.PHONY: help demo desk test pythons offices long faults windows fresh dist check bench messages docs lock clean
.DELETE_ON_ERROR:

help:                           ## what can be made here
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 10

# One environment, three depths. A stamp says how deep it is and of which lock.
$(VENV)/pyvenv.cfg:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.build: requirements/build.txt | $(VENV)/pyvenv.cfg
	$(PIP) --require-hashes --only-binary :all: -r $<
	touch $@

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml $(VENV)/.build
	$(PIP) --require-hashes --only-binary :all: -r $<
	$(BIN)/python -m pip --disable-pip-version-check uninstall --quiet --yes session-ledger  # its name before 2026-11-29
	$(PIP) --no-build-isolation --editable .
	$(BIN)/python -m compileall -q src cli projections  # as pip does with all that is not editable
	touch $@

$(VENV)/.%: requirements/%.txt $(VENV)/.runtime
	$(PIP) --require-hashes --only-binary :all: -r $<
	touch $@

# The editable install compiles the catalogues once; afterwards a changed one is compiled by itself.
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard cli/locale/*/LC_MESSAGES/*.po))
%.mo: %.po hatch_build.py | $(VENV)/.runtime
	$(BIN)/python hatch_build.py $< $@

demo: $(VENV)/.runtime $(CATALOGUES)  ## the main job on the sample month, in ./demo-ledger
	$(BIN)/session-ledger demo demo-ledger

desk: $(VENV)/.runtime $(CATALOGUES)  ## the demo's ledger in the browser, on this computer alone; made first if there is none
	test -d demo-ledger || $(BIN)/session-ledger demo demo-ledger
	SESSION_LEDGER_NOW=2026-12-01T09:00:00+01:00 $(BIN)/session-ledger --ledger demo-ledger desk

test: $(VENV)/.test $(CATALOGUES) ## every test this machine can run
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

PYTHONS ?= 3.12 3.13
CHOSEN  ?= tests/ledger/domain/rating tests/ledger/store/sqlite tests/ledger/vault tests/ledger/imports tests/ledger/transparency/test_note.py \
           tests/projections tests/cli/test_main.py tests/cli/test_log.py tests/cli/desk/test_gate.py \
           tests/acceptance/session/test_recording.py tests/acceptance/report/test_reports.py tests/acceptance/invoice/test_invoices.py
pythons:                        ## CHOSEN tests on each other Python that is at hand; CHOSEN= for all of them
	@for version in $(PYTHONS); do \
	    python=$$(for each in python$$version ~/.pyenv/versions/$$version.*/bin/python; do \
	        ! $$each -c '' 2>/dev/null || { echo $$each; break; }; done); \
	    [ -n "$$python" ] || { echo "there is no Python $$version here"; continue; }; \
	    $(MAKE) --no-print-directory PYTHON=$$python VENV=.venv-$$version .venv-$$version/.test && \
	    .venv-$$version/bin/python -m pytest -q -n $(WORKERS) --dist worksteal $(CHOSEN) || exit 1; \
	done

ON_BOTH := recording races reports replay replay_shared check imports import_again customers golden_cli scenarios_cli purge erasure \
           purge_places documents invoices invoice_races papers ksef_limit submit submit_once withdraw withdraw_crossing superseded \
           reconcile sources record_words retention month_close month_purged
offices: $(VENV)/.test          ## the tests about the ledger once more, on a PostgreSQL server of their own
	SESSION_LEDGER_TEST_STORE=postgres $(BIN)/python -m pytest -n $(WORKERS) $(ON_BOTH:%=tests/acceptance/*/test_%.py)

long: $(VENV)/.test             ## eight that record at once, a primary killed, other machines and their kills: the long runs, with their figures
	SESSION_LEDGER_LONG=1 $(BIN)/python -m pytest -s tests/acceptance/store/test_offices.py tests/acceptance/store/test_failover.py \
	    -k "eight or killed"
	SESSION_LEDGER_LONG=1 $(BIN)/python -m pytest -s tests/projections/engine/test_cluster_long.py tests/acceptance/report/test_shops_far.py

SHARE ?= 1
faults: $(VENV)/.test           ## kills, power cuts, failing disks and a model, in long runs of hours, with their figures; SHARE=0.1 for a tenth
	SESSION_LEDGER_LONG=$(SHARE) $(BIN)/python -m pytest -s tests/faults tests/acceptance/store/test_model.py

WINDOWS ?= .windows
WINDOWS_TESTS ?=
windows: $(VENV)/.test          ## a Windows Python and Wine, in ./.windows: demo, both systems, guides, tests; goes on where it was; root, Debian 12
	tests/windows/set-up $(WINDOWS)
	$(WINDOWS)/run demo demo-ledger
	SESSION_LEDGER_WINDOWS=$(WINDOWS) $(BIN)/python -m tests.windows.parts $(WINDOWS_TESTS)

fresh: $(VENV)/.test $(VENV)/.release         ## the wheel in fresh environments: every Python here, uv, pipx, lowest versions; needs an index
	SESSION_LEDGER_FRESH=1 $(BIN)/python -m pytest -n 1 tests/test_fresh_environments.py

dist: $(VENV)/.release          ## wheel, source distribution, bill of materials and man pages, in ./dist
	$(BIN)/python -m hatchling build -d dist
	$(BIN)/cyclonedx-py requirements --output-reproducible --of JSON -o dist/sbom.json requirements/runtime.txt
	$(BIN)/python -m tests.docs.man_pages dist/man

check: $(VENV)/.dev $(CATALOGUES) ## lint, types, import contracts, generated docs, tests with coverage of the domain
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/lint-imports
	PYTHONPATH=. $(BIN)/python -m cogapp --check $(GENERATED)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --cov --cov-report=
	$(BIN)/python -m coverage report --rcfile=tests/domain.coveragerc

bench: $(VENV)/.test $(VENV)/.bench  ## speed beside baselines in one run, SIZE=100000 sessions, BASE=source of another build
	$(BIN)/python -m tests.bench --size $(SIZE) $(if $(BASE),--base $(BASE))

messages: $(VENV)/.test         ## bring the catalogues of messages up to date with the code
	PYTHONPATH=. $(BIN)/python -m tests.messages

docs: $(VENV)/.test $(CATALOGUES) ## write the reference pages again from the code
	PYTHONPATH=. $(BIN)/python -m cogapp -r $(GENERATED)

# Needs uv; the lock names no package host.
COMPILE = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
          --no-emit-index-url --no-emit-find-links --no-annotate --no-header
lock:                           ## pin the dependencies again
	$(COMPILE) requirements/build.in -o requirements/build.txt
	$(COMPILE) pyproject.toml --extra desk -o requirements/runtime.txt
	$(COMPILE) pyproject.toml --extra desk --group test -c requirements/runtime.txt -o requirements/test.txt
	$(COMPILE) pyproject.toml --extra desk --group test --group lint -c requirements/runtime.txt -o requirements/dev.txt
	$(COMPILE) requirements/release.in -c requirements/dev.txt -o requirements/release.txt
	$(COMPILE) requirements/bench.in -c requirements/dev.txt -o requirements/bench.txt

clean:                          ## remove what make made
	rm -rf $(VENV) $(WINDOWS) build dist demo-ledger .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*
