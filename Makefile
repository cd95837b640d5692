# What people type. `make help` lists it.
#
# Kernels run in guests (.ci/vm/run). IPVS_ON_HOST=1 uses this machine's own kernel
# instead, as root, for `lab`, `examples` and `live`.

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
BUILD := $(abspath $(or $(CARGO_TARGET_DIR),target))
TARGET := $(BUILD)/debug
# Where the C library is installed for the stories
SCRATCH := $(BUILD)/installed
KERNELS := $(shell source .ci/vm/table.sh && kernel_names)
# The kernel of the lab and the stories
KERNEL := newest
# How long each target is fuzzed, in seconds
TIME := 10
# Which values property tests draw: always the same, so that who changes nothing has no new
# failure; `cargo test` draws others each time
export PROPTEST_RNG_SEED ?= 1
# What LAB #2's browser saw
PICTURES := $(abspath target/screenshots)
ON_KERNEL := $(if $(filter 1,$(IPVS_ON_HOST)),,.ci/vm/run $(KERNEL) --)

.PHONY: help
help: ## list the targets
	@sed -nE 's/^([a-zA-Z0-9%.-]+):.*## (.*)/\1|\2/p' Makefile | \
	while IFS='|' read -r name what; do printf '%-12s %s\n' "$$name" "$$what"; done
	@echo "kernels:     $(KERNELS)"

.PHONY: test
test: ## everything: lint, doc, test-host, quickstart, coverage, fuzz, capi, installed, python, kernels, test-root, examples, ipvsadm, lvs, capi-live, compat, python-live, histories, live
	@.ci/parts lint doc test-host quickstart coverage fuzz capi installed python kernels test-root examples ipvsadm lvs capi-live compat python-live histories live

.PHONY: quickstart
quickstart: ## the story of a table, on a kernel in memory: no root, no module, no guest
	cargo run --example quickstart

.PHONY: lab
lab: needs ## LAB #1: balance real HTTP traffic on a real kernel, step by step
	cargo build --quiet -p lab
	@$(ON_KERNEL) $(TARGET)/lab

.PHONY: lab2
lab2: ## LAB #2: the whole cluster of examples/lvs, on 6.1 and newest; what the page looks like is in target/screenshots then
	@.ci/needs browser
	@$(MAKE) --no-print-directory --jobs 2 --output-sync lab2-6.1 lab2-newest

.PHONY: lab2-%
lab2-%: ## the same on one kernel: make lab2-6.12, or some chapters: CHAPTERS='start vrrp'
	@.ci/needs browser
	cargo build --release -p lvs
	cargo build --quiet --release -p lab2
	@mkdir -p $(PICTURES)/$*
	@IPVS_PICTURES=$(PICTURES)/$* \
	$(if $(filter 1,$(IPVS_ON_HOST)),,.ci/vm/run $* --timeout 2700 --append norandmaps --memory 4096 --share $(PICTURES)/$* --) \
	    $(BUILD)/release/lab2 $(CHAPTERS)

.PHONY: live
live: needs ## the live suite on every kernel
	@.ci/suite live

.PHONY: live-%
live-%: needs ## the live suite on one kernel: make live-6.1
	@.ci/suite live $*

.PHONY: histories
histories: needs ## random histories on every kernel and on the fake, compared
	@.ci/suite histories

.PHONY: histories-%
histories-%: needs ## the same on one kernel: IPVS_SEED=7 make histories-6.1
	@.ci/suite histories $*

.PHONY: soak
soak: needs ## a million operations a kernel, or OPERATIONS=…
	@IPVS_SEED=$${IPVS_SEED:-new} IPVS_OPERATIONS=$(or $(OPERATIONS),1000000) IPVS_SUITE_TIMEOUT=100000 .ci/suite histories

.PHONY: ipvsadm
ipvsadm: needs ## compare the ipvsadm of examples/ with the original, on 6.1 and newest
	cargo build --release --bin ipvsadm
	@.ci/suite ipvsadm

.PHONY: ipvsadm-%
ipvsadm-%: needs ## compare them on one kernel: make ipvsadm-6.12
	@.ci/suite ipvsadm $*

.PHONY: lvs
lvs: needs ## the programs of examples/lvs, each really started, on 6.1 and newest
	@.ci/suite lvs

.PHONY: lvs-%
lvs-%: needs ## the same on one kernel: make lvs-6.1
	@.ci/suite lvs $*

.PHONY: capi
capi: ## the C library's suite on the fake kernel: plainly, under valgrind, under AddressSanitizer
	@.ci/capi

.PHONY: capi-live
capi-live: needs ## the same suite on every kernel
	@.ci/suite capi

.PHONY: capi-live-%
capi-live-%: needs ## the same on one kernel: make capi-live-6.1
	@.ci/suite capi $*

.PHONY: compat
compat: needs ## programs of the old libipvs, on every kernel
	@.ci/compat

.PHONY: compat-%
compat-%: needs ## the same on one kernel: make compat-6.12
	@.ci/compat $*

.PHONY: kernels
kernels: needs ## fetch the kernels; each once
	@printf '%s\n' $(KERNELS) | xargs -P 2 -n 1 .ci/vm/fetch

.PHONY: examples
examples: needs ## the short stories of examples/, in each language, on a real kernel
	cargo build --quiet -p ipvs-examples --examples
	@$(MAKE) --no-print-directory --silent install PREFIX=$(SCRATCH)
	@$(MAKE) --no-print-directory --silent --directory examples/c OUT=$(SCRATCH)/stories CFLAGS='-O2 -Wall -Wextra -Wpedantic -Werror' \
	    PKG_CONFIG_PATH=$(SCRATCH)/lib/pkgconfig LDFLAGS=-Wl,-rpath,$(SCRATCH)/lib
	@environment=$$(.ci/python environment) && PATH=$$environment/bin:$$PATH \
	$(ON_KERNEL) .ci/stories $(TARGET)/examples/% $(SCRATCH)/stories/% examples/python/%.py

.PHONY: installed
installed: needs ## install the C library into a scratch folder, and use it from there
	@.ci/installed

.PHONY: python
python: ## the Python package: its lints, types, wheel and tests without a kernel
	@.ci/python

.PHONY: plot
plot: ## draw the plot of examples/python/schedulers.md anew, from a run in a guest
	@.ci/python plot

.PHONY: wheels
wheels: ## before a release: the Python package for every Linux, x86_64 and aarch64
	@.ci/python wheels

.PHONY: python-live
python-live: needs ## the Python package's tests on every kernel
	@.ci/suite python

.PHONY: python-live-%
python-live-%: needs ## the same on one kernel: make python-live-6.1
	@.ci/suite python $*

.PHONY: bench
bench: ## the library beside the kernel's own limit, ipvsadm and other libraries
	@.ci/bench

.PHONY: bench-python
bench-python: ## the Python package beside the Rust library and pyroute2, alone
	@.ci/bench python

.PHONY: machines
machines: ## before a release: the codec's tests on s390x and aarch64, emulated
	@.ci/machines

.PHONY: msrv
msrv: ## before a release: a build by the oldest compiler that is promised
	@.ci/machines msrv

.PHONY: test-host
test-host: needs ## the tests that need no kernel of their own
	cargo test --workspace
	cargo test --quiet --manifest-path fuzz/Cargo.toml

.PHONY: fuzz
fuzz: ## every fuzz target for TIME seconds, under AddressSanitizer: make fuzz TIME=600 IPVS_SEED=new
	@.ci/fuzz run $(TIME)

.PHONY: coverage
coverage: ## the branches of wire, client and plan that the tests take which need no kernel
	@.ci/coverage

.PHONY: test-root
test-root: needs ## the tests of sockets and namespaces that take root, in a guest
	@.ci/as-root

.PHONY: lint
lint: needs ## format, clippy, shell scripts, dependencies
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --all-features -- -D warnings
	cargo fmt --manifest-path fuzz/Cargo.toml --check
	cargo clippy --manifest-path fuzz/Cargo.toml --lib --bins --tests -- -D warnings
	cargo check --quiet -p ipvs-core --no-default-features
	.ci/dependencies
	shellcheck -x $$(grep -lrE '^#!.*(bash|/bin/sh)' .ci man)
	mandoc -T lint -W warning man/*.3

.PHONY: doc
doc: needs ## the documentation, without a warning
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --all-features

.PHONY: needs
needs:
	@.ci/needs

# The C library, for everybody on this machine or, with DESTDIR, for a package.

PREFIX := /usr/local
LIBDIR := $(PREFIX)/lib
INCLUDEDIR := $(PREFIX)/include
MANDIR := $(PREFIX)/share/man
DESTDIR :=
# Further options of cargo build, such as --frozen
CARGOFLAGS :=

VERSION := $(shell sed -nE 's/^version = "(.*)"/\1/p' Cargo.toml)
BUILT := $(BUILD)/release
# As a pkg-config file says it, so that the whole can be moved: below ${prefix}.
below_prefix = $(patsubst $(PREFIX)/%,$${prefix}/%,$(1))

# What it is made of: who installs it after somebody else built it needs no cargo.
SOURCES := Cargo.toml Cargo.lock $(shell find ipvs-sys ipvs-core/src ipvs-core/Cargo.toml ipvs-core/capi -name '*.rs' -o -name Cargo.toml)

.PHONY: library
library: $(BUILT)/libipvs.so ## build the C library

$(BUILT)/libipvs.so: $(SOURCES)
	cargo build --quiet --release --package ipvs-capi $(CARGOFLAGS)
	@touch $@

.PHONY: install
install: library ## install it: make install PREFIX=/usr/local LIBDIR=… INCLUDEDIR=… MANDIR=… DESTDIR=…
	install -d $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(INCLUDEDIR) $(DESTDIR)$(MANDIR)/man3
	install -m 755 $(BUILT)/libipvs.so $(DESTDIR)$(LIBDIR)/libipvs.so.$(VERSION)
	ln -sf libipvs.so.$(VERSION) $(DESTDIR)$(LIBDIR)/libipvs.so.0
	ln -sf libipvs.so.0 $(DESTDIR)$(LIBDIR)/libipvs.so
	install -m 644 $(BUILT)/libipvs.a $(DESTDIR)$(LIBDIR)
	install -m 644 include/ipvs.h include/libipvs.h $(DESTDIR)$(INCLUDEDIR)
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(call below_prefix,$(LIBDIR))|' \
	    -e 's|@INCLUDEDIR@|$(call below_prefix,$(INCLUDEDIR))|' -e 's|@VERSION@|$(VERSION)|' \
	    ipvs.pc.in | install -m 644 /dev/stdin $(DESTDIR)$(LIBDIR)/pkgconfig/ipvs.pc
	install -m 644 man/*.3 $(DESTDIR)$(MANDIR)/man3
	@man/names | while read -r name page; do \
	    echo ".so man3/$$page" | install -m 644 /dev/stdin $(DESTDIR)$(MANDIR)/man3/$$name || exit; done

.PHONY: uninstall
uninstall: ## remove what `make install` with the same words put there
	rm -f $(addprefix $(DESTDIR)$(LIBDIR)/,libipvs.so.$(VERSION) libipvs.so.0 libipvs.so libipvs.a pkgconfig/ipvs.pc)
	rm -f $(addprefix $(DESTDIR)$(INCLUDEDIR)/,ipvs.h libipvs.h)
	@rm -f $(addprefix $(DESTDIR)$(MANDIR)/man3/,$(notdir $(wildcard man/*.3)) $(shell man/names | cut -d ' ' -f 1))
