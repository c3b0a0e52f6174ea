# Pneumolight. `make run` and `make test` set up what is missing and do the
# rest; `make help` lists everything.

GO    ?= go
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# The film that `make run` opens unless FILM names a file or a folder.
FILM ?= $(shell $(GO) list -m -f '{{.Dir}}' github.com/suyashkumar/dicom)/testdata/4.dcm

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 16

.PHONY: packages
packages: ## install the Debian packages that are missing
	@setup/packages.sh

.PHONY: runtime
runtime: packages ## unpack ONNX Runtime into the user's cache
	@setup/onnxruntime.sh

.PHONY: modules
modules: packages
	@$(GO) mod download

.PHONY: build
build: packages modules ## build bin/pneumolight
	@$(GO) build -o bin/pneumolight ./app

.PHONY: run
run: build runtime ## open the window on FILM=path, a chest film by default
	@bin/pneumolight "$(FILM)"

# Where `make install` puts the program: PREFIX=$HOME/.local needs no root.
PREFIX ?= /usr/local

.PHONY: install
install: build runtime ## install under PREFIX, /usr/local by default, for the desktop's menu and double click
	@setup/install.sh install "$(PREFIX)"

.PHONY: uninstall
uninstall: ## take away what install put under PREFIX
	@setup/install.sh uninstall "$(PREFIX)"

.PHONY: readers
readers: packages
	@setup/readers.sh

.PHONY: test
test: modules runtime readers ## run every test; those of the window start Xvfb themselves
	@$(GO) test ./...

.PHONY: screenshots
screenshots: modules runtime ## take the documents' pictures of the real window
	@PNEUMOLIGHT_SCREENSHOTS=$(CURDIR)/docs/images $(GO) test -count=1 -run 'TestAReaderOpensAFilm|TestTheDocumentsPictures|TestReportWritesEveryFormat|TestAFolderIsScreened' ./app

.PHONY: readme
readme: modules ## write the README's table of transfer syntaxes
	@PNEUMOLIGHT_UPDATE_README=1 $(GO) test -count=1 -run TestTheReadme ./app

.PHONY: lint
lint: modules ## vet, staticcheck and gofumpt
	@$(GO) vet ./...
	@$(GO) tool staticcheck ./...
	@unformatted=$$($(GO) tool gofumpt -l .); \
		if [ -n "$$unformatted" ]; then echo "not gofumpt's form: $$unformatted"; exit 1; fi

.PHONY: bench
bench: modules runtime ## measure the window's speed against what it should be
	@$(GO) test -run '^$$' -bench '^Benchmark(Window|DragWhileScreening)$$' ./app

.PHONY: bench-packages
bench-packages: modules runtime ## measure the packages
	@$(GO) test -run '^$$' -bench . -skip '^Benchmark(Window|DragWhileScreening)$$' ./...

.PHONY: bench-screen
bench-screen: build runtime ## compare screening with an ordinary Python program
	@screening/bench/compare.sh $(PICTURES)

.PHONY: train
train: ## train a model: make train PRESET=lean-elder or paper, SEED=2, VERSION=1.0.0 to replace the shipped one
	@training/train.sh "$(PRESET)" $(SEED) $(VERSION)

.PHONY: test-training
test-training: ## test the training side on a tiny set
	@training/test.sh

.PHONY: clean
clean: ## remove what the build left
	@rm -rf bin
