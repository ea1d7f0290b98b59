# The two commands of the book: `make book` and `make test`. Everything else serves them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
EXTRA := .venv-extra
EXTRA_BIN := $(EXTRA)/bin
EXTRA_READY := $(EXTRA)/.ready
SITE := _build/html
BUILT := _build/.built
PRINTED := $(if $(SCENARIO),_build/scenarios/$(basename $(notdir $(SCENARIO)))/html,$(SITE))
INPUTS := $(shell find book/. analysis/. data/. -not -name '__pycache__' -not -path '*/__pycache__/*' -not -path '*/.ipynb_checkpoints*') \
	_config.yml _toc.yml pyproject.toml receipt.json

.PHONY: book
.PHONY: test
.PHONY: brief
.PHONY: run
.PHONY: verify
.PHONY: serve
.PHONY: lab
.PHONY: bench
.PHONY: test-extra
.PHONY: lint
.PHONY: lock
.PHONY: clean

ifdef SCENARIO
book: $(READY)
	$(BIN)/python -m analysis check
	$(BIN)/python -m analysis scenario $(SCENARIO) --build
else
book: $(READY)
	@if $(MAKE) -q $(BUILT) 2>/dev/null; then echo "Nothing has changed since the last build: nothing done."; else $(MAKE) --no-print-directory $(BUILT); fi
	@echo "The book: file://$(CURDIR)/$(SITE)/index.html"
endif

# Built apart and moved into place at the end: a failed build leaves the last good site as it was.
$(BUILT): $(READY) $(INPUTS)
	$(BIN)/python -m analysis check
	$(BIN)/python -m analysis run
	rm -rf _build/draft
	$(BIN)/jb build book --config _config.yml --toc "$(CURDIR)/_toc.yml" --path-output _build/draft -q -W -n --keep-going >/dev/null
	rm -rf $(SITE)
	mv _build/draft/_build/html $(SITE)
	rm -rf _build/draft
	@touch $(BUILT)

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/python -m pytest -q -n 2

# The one-page brief as a PDF, where Chromium is installed.
brief: book
	$(BIN)/python -m analysis brief --site $(PRINTED) -o $(dir $(PRINTED))brief.pdf

run: $(READY)
	$(BIN)/python -m analysis run --all

verify: $(READY)
	$(BIN)/python -m analysis verify

serve: book
	$(BIN)/python -m http.server --directory $(SITE) 8000

# Progress is shown by loops that take longer than two seconds.
lab: $(EXTRA_READY)
	H200_PROGRESS=2 $(EXTRA_BIN)/jupyter-lab --ServerApp.root_dir=book

bench: $(EXTRA_READY) book
	$(EXTRA_BIN)/python tests/benchmark/run.py

# A module that is missing here is a failure, where `make test` skips the test.
test-extra: $(EXTRA_READY)
	H200_EXTRA=1 $(EXTRA_BIN)/python -m pytest -q tests/test_cluster.py tests/test_benchmark.py

lint: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(READY)
	$(BIN)/python -m pip install -q uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --upgrade requirements.in -o requirements.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --upgrade requirements-extra.in -o requirements-extra.lock

$(READY): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -c 'import pathlib, site; pathlib.Path(site.getsitepackages()[0], "h200window.pth").write_text(str(pathlib.Path.cwd()) + "\n")'
	@touch $(READY)

# JupyterLab, a Dask cluster and SimPy lie apart, on top of the book's own environment.
$(EXTRA_READY): $(READY) requirements-extra.lock
	$(BIN)/python -m venv --clear $(EXTRA)
	@$(EXTRA_BIN)/python -c 'import pathlib, site, sys; pathlib.Path(site.getsitepackages()[0], "book.pth").write_text("\n".join(sys.argv[1:]) + "\n")' \
		"$(CURDIR)" "$$($(BIN)/python -c 'import site; print(site.getsitepackages()[0])')"
	$(EXTRA_BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-extra.lock
	@touch $(EXTRA_READY)

clean:
	rm -rf _build .pytest_cache .ruff_cache .hypothesis
