# What people type. `make help` lists it.
#
# Kernels run in guests (.ci/vm/run). IPVS_ON_HOST=1 uses this machine's own kernel
# instead, as root, for `lab`, `examples` and `live`.

SHELL := /bin/bash
TARGET := $(or $(CARGO_TARGET_DIR),target)/debug
KERNELS := $(shell source .ci/vm/table.sh && kernel_names)
# The kernel of the lab and the stories
KERNEL := newest
# How long each target is fuzzed, in seconds
TIME := 10
ON_KERNEL := $(if $(filter 1,$(IPVS_ON_HOST)),,.ci/vm/run $(KERNEL) --)

.PHONY: help
help: ## list the targets
	@sed -nE 's/^([a-zA-Z%.-]+):.*## (.*)/\1|\2/p' Makefile | \
	while IFS='|' read -r name what; do printf '%-12s %s\n' "$$name" "$$what"; done
	@echo "kernels:     $(KERNELS)"

.PHONY: test
test: ## everything: lint, doc, test-host, quickstart, coverage, fuzz, kernels, test-root, examples, ipvsadm, capi, capi-live, compat, histories, live
	@.ci/parts lint doc test-host quickstart coverage fuzz kernels test-root examples ipvsadm capi capi-live compat histories live

.PHONY: quickstart
quickstart: ## the story of a table, on a kernel in memory: no root, no module, no guest
	cargo run --example quickstart

.PHONY: lab
lab: install ## LAB #1: balance real HTTP traffic on a real kernel, step by step
	cargo build --quiet -p lab
	@$(ON_KERNEL) $(TARGET)/lab

.PHONY: live
live: install ## the live suite on every kernel
	@.ci/suite live

.PHONY: live-%
live-%: install ## the live suite on one kernel: make live-6.1
	@.ci/suite live $*

.PHONY: histories
histories: install ## random histories on every kernel and on the fake, compared
	@.ci/suite histories

.PHONY: histories-%
histories-%: install ## the same on one kernel: IPVS_SEED=7 make histories-6.1
	@.ci/suite histories $*

.PHONY: soak
soak: install ## a million operations a kernel, or OPERATIONS=…
	@IPVS_SEED=$${IPVS_SEED:-new} IPVS_OPERATIONS=$(or $(OPERATIONS),1000000) IPVS_SUITE_TIMEOUT=100000 .ci/suite histories

.PHONY: ipvsadm
ipvsadm: install ## compare the ipvsadm of examples/ with the original, on 6.1 and newest
	cargo build --release --bin ipvsadm
	@.ci/suite ipvsadm

.PHONY: ipvsadm-%
ipvsadm-%: install ## compare them on one kernel: make ipvsadm-6.12
	@.ci/suite ipvsadm $*

.PHONY: capi
capi: ## the C library's suite on the fake kernel: plainly, under valgrind, under AddressSanitizer
	@.ci/capi

.PHONY: capi-live
capi-live: install ## the same suite on every kernel
	@.ci/suite capi

.PHONY: capi-live-%
capi-live-%: install ## the same on one kernel: make capi-live-6.1
	@.ci/suite capi $*

.PHONY: compat
compat: install ## programs of the old libipvs, on every kernel
	@.ci/compat

.PHONY: compat-%
compat-%: install ## the same on one kernel: make compat-6.12
	@.ci/compat $*

.PHONY: kernels
kernels: install ## fetch the kernels; each once
	@printf '%s\n' $(KERNELS) | xargs -P 2 -n 1 .ci/vm/fetch

.PHONY: examples
examples: install ## the short stories of examples/rust, on a real kernel
	cargo build --quiet -p ipvs-examples --examples
	@$(ON_KERNEL) .ci/stories $(TARGET)/examples

.PHONY: bench
bench: ## the library beside the kernel's own limit, ipvsadm and other libraries
	@.ci/bench

.PHONY: machines
machines: ## before a release: the codec's tests on s390x and aarch64, emulated
	@.ci/machines

.PHONY: msrv
msrv: ## before a release: a build by the oldest compiler that is promised
	@.ci/machines msrv

.PHONY: test-host
test-host: install ## the tests that need no kernel of their own
	cargo test --workspace
	cargo test --quiet --manifest-path fuzz/Cargo.toml

.PHONY: fuzz
fuzz: ## every fuzz target for TIME seconds, under AddressSanitizer: make fuzz TIME=600
	@.ci/fuzz run $(TIME)

.PHONY: coverage
coverage: ## the branches of wire, client and plan that the tests take which need no kernel
	@.ci/coverage

.PHONY: test-root
test-root: install ## the tests of sockets and namespaces that take root, in a guest
	@.ci/as-root

.PHONY: lint
lint: install ## format, clippy, shell scripts, dependencies
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --all-features -- -D warnings
	cargo fmt --manifest-path fuzz/Cargo.toml --check
	cargo clippy --manifest-path fuzz/Cargo.toml --all-targets -- -D warnings
	cargo check --quiet -p ipvs-core --no-default-features
	.ci/dependencies
	shellcheck -x $$(grep -lrE '^#!.*(bash|/bin/sh)' .ci)

.PHONY: doc
doc: install ## the documentation, without a warning
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --all-features

.PHONY: install
install:
	@.ci/install
