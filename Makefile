# README's two commands are `make run` and `make test`; the rest is for those who work on Parley.
SHELL := /bin/sh
.SHELLFLAGS := -eu -c
VENV ?= .venv
PY := $(VENV)/bin/python
DATA_DIR ?= $(CURDIR)/var
export DATA_DIR

run: $(VENV)/.run-stamp        ## set up and run everything; prints a sign-in link
	exec $(PY) manage.py up

test: $(VENV)/.dev-stamp       ## all tests, on SQLite and (where its programs are found) on PostgreSQL
	PATH="$(abspath $(VENV))/bin:$$PATH" scripts/test

check: $(VENV)/.dev-stamp      ## style, types, layers, migrations, templates
	PATH="$(abspath $(VENV))/bin:$$PATH" scripts/check

link: $(VENV)/.run-stamp        ## print a new one-time sign-in link
	$(PY) manage.py sign_in_link

contract: $(VENV)/.dev-stamp   ## the cases of tests/contract, or of CONTRACT_CASES=file, over HTTP
	$(PY) -m pytest tests/contract

bench: $(VENV)/.dev-stamp      ## benchmarks, one JSON line each
	PATH="$(abspath $(VENV))/bin:$$PATH" scripts/bench

lock: $(VENV)/.dev-stamp       ## write requirements/*.lock anew from pyproject.toml
	UV=$(VENV)/bin/uv scripts/lock

$(VENV)/.run-stamp: requirements/base.lock requirements/nodeps.lock scripts/bootstrap
	scripts/bootstrap $(VENV) requirements/base.lock requirements/nodeps.lock
	touch $@

$(VENV)/.dev-stamp: requirements/dev.lock requirements/nodeps.lock scripts/bootstrap
	scripts/bootstrap $(VENV) requirements/dev.lock requirements/nodeps.lock
	touch $@ $(VENV)/.run-stamp

.PHONY: run test check link contract bench lock
