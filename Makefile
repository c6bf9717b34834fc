VENV := .venv
PYTHON := $(VENV)/bin/python
UV := $(VENV)/bin/uv
HOST := 127.0.0.1
PORT := 8000
COMPILE := $(UV) pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet

.PHONY: setup demo test check benchmark lock clean

setup: $(VENV)/.development

$(UV):
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check uv

# Installing the project fetches the front-end files: see hatch_build.py.
$(VENV)/.development: requirements/development.txt pyproject.toml hatch_build.py frontend/fetch.py frontend/frontend.toml | $(UV)
	$(UV) pip install --quiet --python $(PYTHON) --require-hashes -r requirements/development.txt
	$(UV) pip install --quiet --python $(PYTHON) --no-deps -e .
	touch $@

demo: setup
	$(VENV)/bin/commonweal demo --host $(HOST) --port $(PORT)

test: setup
	$(PYTHON) tests/chromium.py
	$(PYTHON) -m pytest -n 2 -q
	@url=$$($(PYTHON) tests/postgresql.py); if [ -n "$$url" ]; then \
	  echo "What touches the database once more, on PostgreSQL"; \
	  DATABASE_URL=$$url $(PYTHON) -m pytest -n 2 -q tests/web -m "not browser"; \
	else echo "No PostgreSQL answers here: the suite ran on SQLite only."; fi

check: setup
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

benchmark: setup
	$(PYTHON) -m benchmarks

lock: setup
	$(COMPILE) --extra web -o requirements/runtime.txt
	$(COMPILE) --extra web --extra dev -o requirements/development.txt

clean:
	rm -rf $(VENV) .demo
