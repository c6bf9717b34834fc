VENV := .venv
PYTHON := $(VENV)/bin/python
UV := $(VENV)/bin/uv
COMPILE := $(UV) pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet

.PHONY: setup test check lock clean

setup: $(VENV)/.development

$(UV):
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check uv

$(VENV)/.development: requirements/development.txt pyproject.toml | $(UV)
	$(UV) pip install --quiet --python $(PYTHON) --require-hashes -r requirements/development.txt
	$(UV) pip install --quiet --python $(PYTHON) --no-deps -e .
	touch $@

test: setup
	$(PYTHON) -m pytest -n 2 -q

check: setup
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

lock: setup
	$(COMPILE) --extra web -o requirements/runtime.txt
	$(COMPILE) --extra web --extra dev -o requirements/development.txt

clean:
	rm -rf $(VENV)
