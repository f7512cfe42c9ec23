# Two commands: `make run` and `make test`. Each sets up what it needs under .tools and .venv and nowhere else.
# Wanted on the machine: Python 3.11 to 3.13 with pip, make, git.

PYTHON ?= python3
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# Bytecode is compiled once at install; with this set, importing Airflow takes three times as long.
unexport PYTHONDONTWRITEBYTECODE
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV CONDA_PREFIX

UV := $(PYTHON) requirements/uv.py
RUN_READY := .venv/.ready-run
TEST_READY := .venv/.ready-test
BROWSER_READY := .venv/.ready-browser
BENCH_READY := .venv-bench/.ready
TRAIN_READY := .venv-train/.ready
SOURCES := ingest nlp warehouse kezek infra dags tests benchmarks requirements docs/questions.py

.PHONY: help run notebook test lint format docs lock backfill-proof kill-proof kill-load-proof cluster-test kill-cluster-proof compose-proof bench-overhead bench-fetch bench-parse bench-nlp bench-warehouse eval bench-factrueval train-kk train-observations train-claims train-speakers train-sides train-encoder clean
.DEFAULT_GOAL := help

help: ## what can be made
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 24

run: $(RUN_READY) ## read the demo web for three nights and show the report
	.venv/bin/kezek demo run

notebook: export KEZEK_HOME := $(or $(KEZEK_HOME),data/demo)
notebook: $(TEST_READY) ## open five worked questions in the browser, on the demo data (or KEZEK_HOME); yours to edit
	@test -e "$$KEZEK_HOME/kezek.duckdb" -o -n "$${KEZEK_WAREHOUSE:-}" || { echo "There are no data in $$KEZEK_HOME yet: make run first." >&2; exit 2; }
	@test -e "$$KEZEK_HOME/questions.py" || { mkdir -p "$$KEZEK_HOME"; cp docs/questions.py "$$KEZEK_HOME/questions.py"; }
	.venv/bin/marimo edit "$$KEZEK_HOME/questions.py" --host 127.0.0.1

test: $(TEST_READY) $(BROWSER_READY) lint ## style, types, import rules and every test
	.venv/bin/python -m pytest -n auto --dist loadfile

lint: $(TEST_READY) ## style and types
	.venv/bin/ruff check $(SOURCES)
	.venv/bin/ruff format --check $(SOURCES)
	.venv/bin/mypy

format: $(TEST_READY) ## put the code into the one layout
	.venv/bin/ruff check --fix $(SOURCES)
	.venv/bin/ruff format $(SOURCES)

COMPILE := pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header

docs: $(RUN_READY) ## make again what is generated: docs/schema.md, dags/README.md, infra/helm's environment
	.venv/bin/python -c "from warehouse.dictionary import data_dictionary; print(data_dictionary(), end='')" > docs/schema.md
	.venv/bin/python -m kezek.dag_docs
	.venv/bin/python -m infra.helm.environment

lock: .tools/bin/uv ## resolve pyproject.toml again into requirements/*.txt (set UPGRADE=1 for newer versions)
	$(UV) $(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml -o requirements/run.txt
	$(UV) $(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml --extra cluster --extra kubernetes -c requirements/run.txt -o requirements/cluster.txt
	$(UV) $(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml --extra cluster --group dev -c requirements/cluster.txt -o requirements/test.txt
	$(UV) $(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml --group train -c requirements/run.txt -o requirements/train.txt
	$(UV) $(COMPILE) $(if $(UPGRADE),--upgrade) --group bench -c requirements/run.txt -o requirements/bench.txt
	$(UV) $(COMPILE) $(if $(UPGRADE),--upgrade) requirements/uv.in -o requirements/uv.txt

backfill-proof: $(RUN_READY) ## airflow backfill over three demo days with a real scheduler (minutes)
	.venv/bin/python benchmarks/backfill.py

kill-proof: $(RUN_READY) ## kill -9 fifty runs at random moments, then compare with an undisturbed one (minutes)
	.venv/bin/python benchmarks/kill.py

kill-load-proof: $(TEST_READY) ## kill loads fifty times on each engine, stop the server, race loaders and readers (minutes)
	.venv/bin/python benchmarks/kill_load.py

cluster-test: $(TEST_READY) ## fourteen nights on a cluster of processes beside fourteen in sequence; WORKERS=1,2,4 for the times (half an hour)
	@sh requirements/services.sh
	.venv/bin/python benchmarks/cluster.py

kill-cluster-proof: $(TEST_READY) ## kill -9 workers, scheduler, PostgreSQL and Redis in the middle of a night (half an hour)
	@sh requirements/services.sh
	.venv/bin/python benchmarks/kill_cluster.py

compose-proof: $(TEST_READY) ## every service of infra/compose.yaml as a process: started, asked for its health, killed (minutes)
	@sh requirements/services.sh
	.venv/bin/python -m benchmarks.compose

bench-overhead: $(TEST_READY) ## a night on the cluster beside the same steps by kezek run (a quarter of an hour)
	@sh requirements/services.sh
	.venv/bin/python benchmarks/overhead.py

bench-fetch: $(RUN_READY) $(BENCH_READY) ## fetching 2,000 pages, side by side with Scrapy (minutes)
	.venv/bin/python benchmarks/fetch.py

bench-parse: $(RUN_READY) $(BENCH_READY) ## parsing them, side by side with trafilatura and newspaper4k (minutes)
	.venv/bin/python benchmarks/parse.py

bench-nlp: $(RUN_READY) ## understanding, side by side with the bare models; TEXTS=file of JSON lines (minutes)
	.venv/bin/python benchmarks/nlp_speed.py $(TEXTS)

bench-warehouse: $(TEST_READY) $(BENCH_READY) ## the warehouse: every view at three sizes, and loads beside bare engines and dlt (minutes)
	.venv/bin/python benchmarks/warehouse_views.py
	.venv/bin/python benchmarks/warehouse_load.py

eval: $(TEST_READY) ## how well claims, observations and entities are read, against the pinned floors (SET="held own", RAISE=1)
	.venv/bin/python -m tests.gold.evaluate $(if $(RAISE),--raise) $(SET)

bench-factrueval: $(RUN_READY) ## Russian names, slovnet alone beside the pipeline; SET=folder of factRuEval-2016's devset
	.venv/bin/python benchmarks/factrueval.py $(SET)

train-kk: $(RUN_READY) ## train the Kazakh name recogniser again: make train-kk KAZNERD=folder (ten minutes)
	.venv/bin/python -m nlp.training.kk_ner --data $(KAZNERD)

train-observations: $(RUN_READY) ## learn again which figures measure a delay, from the project's own texts (a minute)
	.venv/bin/python -m nlp.training.observations nlp/training/claims/*.jsonl nlp/training/observations.toml tests/nlp/observation_sentences.toml \
		--halves tests/gold/*.jsonl tests/gold/quantities/*.jsonl

train-claims: $(RUN_READY) ## learn again which sentences name a cause, assert it or deny it, from the project's own texts (minutes)
	.venv/bin/python -m nlp.training.causes nlp/training/claims/*.jsonl --halves tests/gold/*.jsonl --plain nlp/training/causes.toml

train-speakers: $(RUN_READY) ## learn again who of those named says a claim (minutes)
	.venv/bin/python -m nlp.training.speakers nlp/training/claims/*.jsonl --halves tests/gold/*.jsonl

train-sides: $(RUN_READY) ## learn again blames, the speaker's side and the cause's words (minutes)
	.venv/bin/python -m nlp.training.sides nlp/training/claims/press_*.jsonl \
		--others nlp/training/claims/ru.jsonl nlp/training/claims/en.jsonl nlp/training/claims/kk.jsonl --halves tests/gold/*.jsonl

train-encoder: $(TRAIN_READY) ## tune the encoder of causes again, from the project's own texts (half an hour)
	XLA_FLAGS="--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1" \
		.venv-train/bin/python -m nlp.training.encoder nlp/training/claims/*.jsonl --halves tests/gold/*.jsonl --plain nlp/training/causes.toml

clean: ## remove the environment and the caches (data/ stays)
	rm -rf .venv .venv-bench .venv-train .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# --- the environment: each stamp is written last, so an interrupted install starts again ---

.tools/bin/uv: requirements/uv.txt
	@$(PYTHON) requirements/check_python.py
	rm -rf .tools
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-warn-script-location \
		--require-hashes --only-binary :all: --target .tools -r requirements/uv.txt
	touch $@

.venv/bin/kezek: .tools/bin/uv requirements/launcher.py
	@$(PYTHON) requirements/check_python.py
	$(UV) venv --quiet --allow-existing --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" .venv
	.venv/bin/python requirements/launcher.py

$(RUN_READY): .venv/bin/kezek requirements/run.txt
	$(UV) pip install --python .venv --require-hashes --compile-bytecode -r requirements/run.txt
	touch $@

$(TEST_READY): .venv/bin/kezek requirements/test.txt requirements/run.txt
	$(UV) pip sync --python .venv --require-hashes --compile-bytecode requirements/test.txt
	touch $(RUN_READY) $@

$(BROWSER_READY): requirements/browser.sh .venv/bin/kezek
	@sh requirements/browser.sh
	@touch $@

$(BENCH_READY): .tools/bin/uv requirements/bench.txt
	$(UV) venv --quiet --allow-existing --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" .venv-bench
	$(UV) pip sync --python .venv-bench --require-hashes --compile-bytecode requirements/bench.txt
	touch $@

$(TRAIN_READY): .tools/bin/uv requirements/train.txt
	$(UV) venv --quiet --allow-existing --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" .venv-train
	$(UV) pip sync --python .venv-train --require-hashes --compile-bytecode requirements/train.txt
	touch $@
