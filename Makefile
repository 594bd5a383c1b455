# `make demo` and `make test` do all of the set-up; `make check` is the one name for the checks.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check format constraints bench clean

demo: .venv/demo.ok
	$(BIN)/greenlight demo

test: .venv/dev.ok
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

check: .venv/dev.ok
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python constraints.py --check

format: .venv/dev.ok
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

constraints: .venv/dev.ok
	$(BIN)/python constraints.py

.venv/torch.ok: constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Greenlight needs Python 3.11 or later: make PYTHON=python3.11 …"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	touch $@

.venv/demo.ok: .venv/torch.ok pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[demo]"
	touch $@

.venv/dev.ok: .venv/demo.ok
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[demo,dev]"
	touch $@

clean:
	rm -rf .venv build dist demo
