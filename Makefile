# zhengce: `make run` shows the demo country in a browser, `make test` runs every test.
SHELL := /bin/bash
# Nights and tests start many processes; without cached bytecode each compiles all modules anew.
unexport PYTHONDONTWRITEBYTECODE
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
WORKERS ?= 2
PORT ?= 9200

.PHONY: help setup run test check browser screenshots elasticsearch elasticsearch-tools bench bench-extraction bench-attachments lock clean

help:  ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | column -t -s "$$(printf '\t')"

setup: $(READY)  ## make .venv and install from the lock, hashes checked

# uv where it is present or can be installed by itself, plain pip otherwise.
$(READY): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "zhengce needs Python 3.11 or newer; set PYTHON=..." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) \
	  || { echo "cannot make $(VENV): install the venv module (Debian: python3-venv)" >&2; exit 1; }
	@uv=$$(command -v uv || true); \
	if [ -z "$$uv" ]; then $(BIN)/python -m pip install --quiet --disable-pip-version-check uv \
	  && uv=$(BIN)/uv || true; fi; \
	if [ -n "$$uv" ]; then install="$$uv pip install --quiet --compile-bytecode --python $(BIN)/python"; \
	else install="$(BIN)/python -m pip install --quiet --disable-pip-version-check"; fi; \
	set -e; $$install --require-hashes -r requirements/dev.txt; \
	$$install --no-deps --no-build-isolation --editable .
	@touch $@

run: setup  ## the demo country: web, night and portal on http://127.0.0.1:8000
	$(BIN)/zhengce demo

test: elasticsearch-tools browser  ## every test
	$(BIN)/pytest -n $(WORKERS) --dist loadfile

check: setup  ## lint, types, floors and the fast tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "not slow"

browser:  ## Chromium, for the tests that drive the portal
	@if ! { command -v chromium || command -v google-chrome; } >/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium; \
	  else echo "no Chromium here: the tests in a browser are skipped until the Debian package chromium is installed" >&2; fi; \
	fi

screenshots: setup browser  ## the pictures of the README, made of the demo country
	PYTHONPATH="$(CURDIR)" $(BIN)/python tests/browser/screenshots.py "$(CURDIR)/docs/pictures"

elasticsearch-tools: setup  ## what a node of Elasticsearch needs here: JDK, Maven, the server in the cache
	@missing=$$($(BIN)/python -m benchmarks.elastic_node --missing); \
	if [ -n "$$missing" ]; then \
	  [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	    || { echo "Elasticsearch needs these Debian packages: $$missing" >&2; exit 1; }; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $$missing; \
	fi
	@$(BIN)/python -m benchmarks.elastic_node --fetch-only

elasticsearch: elasticsearch-tools  ## a node of Elasticsearch by hand, in the foreground; PORT=9200
	$(BIN)/python -m benchmarks.elastic_node --port $(PORT)

bench: setup elasticsearch-tools bench-extraction bench-attachments  ## the figures of every bar
	$(BIN)/python -m benchmarks.speed
	$(BIN)/python -m benchmarks.blind
	$(BIN)/python -m benchmarks.doc_numbers
	$(BIN)/python -m benchmarks.subjects
	$(BIN)/python -m benchmarks.labels
	$(BIN)/python -m benchmarks.structure
	$(BIN)/python -m benchmarks.rules
	$(BIN)/python -m benchmarks.addresses
	$(BIN)/python -m benchmarks.authorities
	$(BIN)/python -m benchmarks.recognise
	$(BIN)/python -m benchmarks.lists
	$(BIN)/python -m benchmarks.roster
	$(BIN)/python -m benchmarks.site_new
	$(BIN)/python -m benchmarks.night
	$(BIN)/python -m benchmarks.quiet
	$(BIN)/python -m benchmarks.country
	$(BIN)/python -m benchmarks.truth
	$(BIN)/python -m benchmarks.kill
	$(BIN)/python -m benchmarks.long_list
	$(BIN)/python -m benchmarks.replay
	$(BIN)/python -m benchmarks.index
	$(BIN)/python -m benchmarks.elastic_kill
	$(BIN)/python -m benchmarks.exactness
	$(BIN)/python -m benchmarks.relevance --engine both
	$(BIN)/python -m benchmarks.similar --engine both
	$(BIN)/python -m benchmarks.did_you_mean
	$(BIN)/python -m benchmarks.query_fuzz
	$(BIN)/python -m benchmarks.openapi_fuzz
	WHOLE_CORPUS=1 $(BIN)/pytest -q tests/portal/test_hostile_corpus.py tests/portal/alerts/test_alert_corpus.py
	$(BIN)/python -m benchmarks.cursor_walk
	$(BIN)/python -m benchmarks.portal
	$(BIN)/python -m benchmarks.export
	$(BIN)/python -m benchmarks.alerts --events 10000
	$(BIN)/python -m benchmarks.hostile
	$(BIN)/python -m benchmarks.clean_clone

bench-extraction: setup  ## field accuracy on real pages, labelled texts and the demo country, every miss with its evidence
	$(BIN)/python -m benchmarks.extraction --show

bench-attachments: setup  ## readers of attachments against expected texts and pdfminer.six
	$(BIN)/python -m benchmarks.attachments

lock:  ## resolve the dependencies anew (needs uv); names no registry
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make lock" --extra demo --group build pyproject.toml -o requirements/run.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make lock" --extra demo --group build --group dev pyproject.toml -o requirements/dev.txt

clean:  ## remove what make made
	rm -rf $(VENV) build *.egg-info
