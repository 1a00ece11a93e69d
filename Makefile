# Everything installs into .venv; `rm -rf .venv` starts over. `make help` lists the targets.

PYTHON ?= python3
VENV := .venv
LOWEST := .venv-lowest
PIP_FLAGS := --quiet --disable-pip-version-check
# A file stays with one process, since its tests share an app and a browser. In the order of the directories the longest
# come first; by the number of their tests, a long one would be dealt last, and run alone.
SIDE_BY_SIDE := -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

# Where it is set, every process compiles our modules anew: two seconds of each start of the app.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test check lint test-lowest guards bench screenshots readme-pictures constraints

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

run: $(VENV)/.runs ## install what is missing and start the app
	@$(VENV)/bin/python app.py

test: $(VENV)/.develops ## run every test, the browser's included
	@tools/install_chromium.sh $(VENV)/bin/python
	@tools/install_postgresql.sh
	@tools/install_jq.sh
	@tools/install_axe.sh $(VENV)/axe
	@$(VENV)/bin/python -m pytest $(SIDE_BY_SIDE)

check: lint test ## what CI runs: format, lint, imports, types, tests

# Gradio writes stubs beside its components at run time; mypy would read them in place of the source.
lint: $(VENV)/.develops ## check without running
	@find seedance_ui -name '*.pyi' -delete
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/lint-imports --no-cache
	@$(VENV)/bin/mypy

# The lower bounds of requirements.txt promise something: they are installed as written and tested.
test-lowest: $(VENV)/.develops ## run the tests that need no browser on the oldest versions allowed
	@$(PYTHON) -m venv --clear $(LOWEST)
	@$(VENV)/bin/uv pip compile --quiet --no-config --python $(LOWEST)/bin/python --resolution lowest-direct \
		--output-file $(LOWEST)/lowest.txt requirements.txt
	@$(LOWEST)/bin/python -m pip install $(PIP_FLAGS) -r requirements-dev.txt -r $(LOWEST)/lowest.txt
	@$(LOWEST)/bin/python -m pytest -m "not browser"

guards: $(VENV)/.develops ## take each guard of a paid job out of a copy, and see the kill harness notice
	@$(VENV)/bin/python tests/kill/remove_guards.py

bench: $(VENV)/.develops ## measure a start, the animatic and the library on this machine
	@tools/install_chromium.sh $(VENV)/bin/python
	@for script in bench/bench_*.py; do PYTHONPATH=. $(VENV)/bin/python $$script || exit 1; done

screenshots: $(VENV)/.develops ## take pictures of ten states of the page, into screenshots/
	@tools/install_chromium.sh $(VENV)/bin/python
	@$(VENV)/bin/python -m tools.screenshots

readme-pictures: $(VENV)/.develops ## take the README's pictures anew, into assets/readme/
	@tools/install_chromium.sh $(VENV)/bin/python
	@$(VENV)/bin/python -m tools.screenshots --readme

constraints: $(VENV)/.develops ## renew the exact set of versions that is tested
	@UV_CUSTOM_COMPILE_COMMAND="make constraints" $(VENV)/bin/uv pip compile --quiet --no-config --upgrade --universal \
		--python-version 3.10 --strip-extras --no-emit-index-url --no-emit-find-links \
		--output-file constraints.txt requirements.txt requirements-dev.txt

$(VENV)/.runs: requirements.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
		{ echo "Python 3.10 or newer is needed; name one: make PYTHON=python3.12"; exit 1; }
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) (a minute or two at the first time)"
	@$(VENV)/bin/python -m pip install $(PIP_FLAGS) -r requirements.txt -c constraints.txt
	@touch $@

$(VENV)/.develops: $(VENV)/.runs requirements-dev.txt
	@$(VENV)/bin/python -m pip install $(PIP_FLAGS) -r requirements-dev.txt -c constraints.txt
	@touch $@
