PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO ?= demo-data
SHIPPED := setup.cfg setup.py pyproject.toml $(shell find breachcheck ingest templates examples -type f -not -name '*.pyc' -not -path 'ingest/compiled/*.c' -not -name '*.so')

.PHONY: install demo test check format lint types layers tests torture bench texts screenshots lighthouse exercise practice clean

install: $(VENV)/.installed  ## make .venv/bin/breachcheck

demo: $(VENV)/.installed  ## load the example breaches and serve them
	@$(BIN)/breachcheck demo --data $(DEMO)

test: $(VENV)/.for-tests  ## set up what the tests need and run every check
	@$(BIN)/python -m tests.parts install
	@$(MAKE) --no-print-directory check

check: lint types layers tests  ## every check, in an environment that is there already

lint:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types:
	$(BIN)/mypy

layers:
	$(BIN)/lint-imports --no-cache

tests: export PYTHONDONTWRITEBYTECODE :=  # the tests start many programs
tests:
	$(BIN)/python -m coverage erase
	$(BIN)/python -m coverage run -m pytest -n auto --dist loadfile --no-loadscope-reorder
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report --skip-covered --fail-under=$(COVERAGE)
	@$(BIN)/python -m tests.parts missing

format:  ## put the code into the house's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.for-tests  ## print the ratios that the README quotes
	@$(BIN)/python -m bench

torture: $(VENV)/.for-tests  ## kill loads and PostgreSQL's server 30 times, and see that nobody is told wrongly
	@$(BIN)/python -m tests.parts install
	@$(BIN)/python -m tests.torture $(ROUNDS)

texts: $(VENV)/.for-tests  ## bring the catalogue of texts up to date with the sources, and compile every language
	@$(BIN)/python -m tests.texts

screenshots: $(VENV)/.for-tests  ## take the pictures of every page and mail in docs/pictures; look at them
	@$(BIN)/python -m tests.parts install
	@$(BIN)/python -m tests.browser.pictures

lighthouse: $(VENV)/.for-tests  ## measure five pages with Lighthouse (needs npx) and write docs/lighthouse.md
	@$(BIN)/python -m tests.parts install
	@$(BIN)/python -m tests.browser.lighthouse

exercise: $(VENV)/.for-tests  ## follow the documents from a bare machine, and the image's steps, in a throw-away copy (root)
	@$(BIN)/python -m tests.parts install
	@$(BIN)/python -m tests.deploy.exercise

practice: $(VENV)/.for-tests  ## write the archive of docs/worst-day.md beside this folder, to practise on
	@$(BIN)/python -m tests.drill.export $(PRACTICE)

clean:
	rm -rf $(VENV) build dist *.egg-info ingest/compiled/*.c ingest/compiled/*.so

COVERAGE := 95
ROUNDS ?= 30
PRACTICE ?= ..

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "breachcheck needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Making $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.made $(SHIPPED)
	@echo "Installing breachcheck …"
	@$(BIN)/pip install --quiet --disable-pip-version-check .
	@rm -rf build *.egg-info ingest/compiled/*.c
	@touch $@

$(VENV)/.for-tests: $(VENV)/.made $(SHIPPED)
	@echo "Installing breachcheck and what its tests need …"
	@rm -rf build $(VENV)/wheel
	@$(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir $(VENV)/wheel .
	@$(BIN)/pip install --quiet --disable-pip-version-check --force-reinstall --no-deps $(VENV)/wheel/*.whl
	@$(BIN)/pip install --quiet --no-compile --disable-pip-version-check "$$(echo $(VENV)/wheel/*.whl)[test]"
	@rm -rf build *.egg-info ingest/compiled/*.c
	@touch $@ $(VENV)/.installed
