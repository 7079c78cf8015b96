GO      ?= go
PYTHON  ?= python3
VENV    := .venv
E2E     := kernel/e2e/.venv
GOVER   := $(shell $(GO) env GOVERSION 2>/dev/null)
GEN     := kernel/std/gen/.$(GOVER)
GOFILES  = $(shell find install kernel lessons sim -name '*.go' -not -path 'kernel/std/gen/*' -not -path '*/testdata/*' -not -path '*/.venv/*')
TAGS    := -tags carried
LEAKS   := $(shell GOEXPERIMENT=goroutineleakprofile $(GO) env GOOS >/dev/null 2>&1 && echo GOEXPERIMENT=goroutineleakprofile)
LABARGS := --config=../install/lab_config.py $(if $(NO_BROWSER),--no-browser) $(if $(PORT),--port=$(PORT))
LOCK    := uv pip compile -q --universal --python-version 3.10 --generate-hashes --no-header --no-annotate --no-emit-index-url
.PHONY: lab build test full bench corpus oracle lint install uninstall clean help cross fuzz requirements need-go need-python
lab: build $(VENV)/.made ## open the lessons in JupyterLab (NO_BROWSER=1: print the address and serve)
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) bin/runnext install --sys-prefix --lessons lab
	@cd lab && exec ../$(VENV)/bin/jupyter lab $(LABARGS)
build: need-go $(GEN) ## build bin/runnext (without cgo: then Go's runtime tells of deadlocks)
	$(LEAKS) CGO_ENABLED=0 $(GO) build $(TAGS) -trimpath -o bin/runnext ./kernel/cmd/runnext
test: build $(E2E)/.made ## what CI runs, at most 20 minutes on 2 cores
	@bad=$$(gofmt -l $(GOFILES)); test -z "$$bad" || { echo "gofmt: $$bad" >&2; exit 1; }
	$(GO) vet ./... && $(GO) vet $(TAGS) ./...
	$(GO) test -race $(TAGS) -timeout 15m ./... && $(LEAKS) CGO_ENABLED=0 $(GO) test $(TAGS) -run 'Leak|Deadlock|ConcurrentMap' ./kernel/engine/yaegi
	@$(MAKE) --no-print-directory cross
	$(E2E)/bin/python -m pytest -q -m 'not full' kernel/e2e
full: test corpus fuzz kernel/e2e/hub/node_modules ## besides test: the corpus, long fuzzing, soak, JupyterHub
	$(E2E)/bin/python -m pytest -q -m full kernel/e2e
bench: build $(E2E)/.made ## measure beside ipykernel and compiled Go, write bin/bench.md
	$(E2E)/bin/python kernel/bench/run.py --runnext bin/runnext --out bin/bench.md
corpus: need-go $(GEN) ## run every program of the corpus here and through Go, compare
	RUNNEXT_CORPUS=all $(LEAKS) CGO_ENABLED=0 $(GO) test $(TAGS) -timeout 60m -run Corpus ./kernel/... ./sim/...
oracle: need-go ; @$(GO) run ./sim/internal/oracle ## set real runs under runtime/trace beside simulated ones, on 1, 2 and 4 Ps
lint: need-go ## staticcheck, and go.mod as tidy would leave it
	$(GO) run honnef.co/go/tools/cmd/staticcheck@v0.7.0 ./...
	$(GO) mod tidy -diff
install: build ## install for this user, with the lessons in ~/runnext-lessons
	bin/runnext install --user --lessons $(HOME)/runnext-lessons
uninstall: build ## remove what install put there
	bin/runnext uninstall --user
clean: ; rm -rf bin $(VENV) $(E2E) kernel/std/gen ## remove what was built, not the lessons in ./lab
help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
cross:
	@set -e; for t in linux darwin windows; do for a in amd64 arm64; do echo "build $$t/$$a"; GOOS=$$t GOARCH=$$a CGO_ENABLED=0 $(GO) build ./...; done; done
fuzz:
	@set -e; for p in $$($(GO) list ./...); do for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
	  $(GO) test $(TAGS) -run '^$$' -fuzz "^$$f$$" -fuzztime $(or $(FUZZTIME),60s) $$p; done; done
requirements: # pin and hash anew; needs uv
	$(LOCK) install/requirements.in -o install/requirements.txt
	$(LOCK) -c install/requirements.txt kernel/e2e/requirements.in -o kernel/e2e/requirements.txt
$(GEN): $(wildcard kernel/std/internal/generate/*.go kernel/lab/*.go sim/gmp/*.go) | need-go
	$(LEAKS) CGO_ENABLED=0 $(GO) run ./kernel/std/internal/generate && touch $@
$(VENV)/.made: install/requirements.txt | need-python
$(E2E)/.made: kernel/e2e/requirements.txt | need-python
kernel/e2e/hub/node_modules: kernel/e2e/hub/package-lock.json
	cd $(@D) && npm ci --ignore-scripts --no-audit --no-fund && touch node_modules
%/.made:
	$(PYTHON) -m venv --clear $* && $*/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r $< && touch $@
need-go:
	@echo '$(GOVER)' | grep -qE 'go1\.(2[6-9]|[3-9][0-9])' || { echo 'Go 1.26 or newer is needed, see https://go.dev/dl' >&2; exit 1; }
need-python:
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || { echo 'Python 3.10 or newer with venv is needed (PYTHON=... names another one)' >&2; exit 1; }
