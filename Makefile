# SPDX-License-Identifier: Apache-2.0
# fg: `make help` lists the targets. One file, not recursive; V=1 shows the
# commands, WITH=asan|ubsan|fuzz|cov|arm64 builds a variant below build/WITH.

VERSION := $(shell cat VERSION)
CC ?= cc
WITH ?=
B := build$(if $(WITH),/$(WITH))

PREFIX ?= /usr/local
MANDIR ?= $(PREFIX)/share/man
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/$(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d
CORPUS ?= ../shared/corpus
FUZZ_SECONDS ?= 60

# ---- flags -----------------------------------------------------------------
WARN := -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wcast-qual \
	-Wwrite-strings -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 \
	-Wundef -Wvla -Wnull-dereference -Werror
WARN_GCC := -Wduplicated-cond -Wlogical-op -Wtrampolines -Wbidi-chars=any \
	-Wformat-signedness
HARDEN := -D_FORTIFY_SOURCE=3 -fstack-protector-strong \
	-fstack-clash-protection -fcf-protection=full -fno-strict-overflow
HARDEN_GCC := -ftrivial-auto-var-init=zero -fzero-call-used-regs=used-gpr
HARDEN_LD := -pie -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed

# The sanitizers' own checks make gcc see null pointers where none are.
SANITIZED := -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all \
	-Wno-null-dereference
ifeq ($(WITH),fuzz)
CC := clang
MODE := $(SANITIZED) -fsanitize=address,undefined
FUZZER := -fsanitize=fuzzer-no-link
else ifeq ($(WITH),asan)
MODE := $(SANITIZED) -fsanitize=address,undefined
else ifeq ($(WITH),ubsan)
MODE := $(SANITIZED) -fsanitize=undefined
else ifeq ($(WITH),cov)
MODE := -O0 -g --coverage
else ifeq ($(WITH),arm64)
CC := aarch64-linux-gnu-gcc
AR := aarch64-linux-gnu-ar
MODE := -O2 -g $(HARDEN:-fcf%=-mbranch-protection=standard) $(HARDEN_GCC)
else
MODE := -O2 -g $(HARDEN) $(if $(findstring clang,$(CC)),,$(HARDEN_GCC))
endif

ALL_CFLAGS = -std=gnu17 -D_GNU_SOURCE -DFG_VERSION='"$(VERSION)"' -Ilib \
	-fPIE $(WARN) $(if $(findstring clang,$(CC)),,$(WARN_GCC)) $(MODE) \
	$(FUZZER) -MMD -MP $(CFLAGS)
# The fuzz targets may use what the unit tests stand on.
ALL_CFLAGS += $(if $(filter $B/tests/fuzz/%,$@),-Itests/unit)
ALL_CFLAGS += $(if $(filter %/fuzz_console.o %/test_console_channel.o,$@), \
	-Itools/fg-console)
ALL_LDFLAGS = $(HARDEN_LD) $(MODE) $(LDFLAGS)
# The tools that start in images of others: static, by musl, of core modules
# alone, compiled a second time below $M. A variant has them as all others, so
# that the sanitizers see them.
MUSL_CC ?= musl-gcc
M := $B/musl
STATIC := $(if $(filter-out arm64,$(WITH)),,fg-wrap)
CORE_SRC := $(shell awk '$$3 == "core" { print $$2, $$5 }' \
	tests/doc/layers.txt | while read -r module but; do \
		ls lib/$$module/*.c 2>/dev/null | grep -v "/$${but:- }$$"; done)
STATIC_CFLAGS = $(subst -fPIE,-fno-pie,$(ALL_CFLAGS)) -fno-plt \
	-fno-asynchronous-unwind-tables -ffunction-sections -fdata-sections \
	-isystem $M/include
STATIC_LDFLAGS := -static -no-pie -Wl,--gc-sections \
	-Wl,-z,relro,-z,now,-z,noexecstack

# What is not asked for every event is made small.
SMALL := $(addprefix $M/lib/,base audit filewatch event jscan jtree jwrite \
	manifest policy collections learn landlock time utf8) $M/tools
$(foreach d,$(SMALL),$(eval $d/%.o: CFLAGS += -Os))

# For arm64 there are the core, its unit tests and the static tools; what
# Debian's cross packages lack is below $(ROOT) (share/deps/arm64-root).
KERNEL := /usr/include /usr/include/$(shell uname -m)-linux-gnu
ifeq ($(WITH),arm64)
ROOT := $B/root
KERNEL := /usr/aarch64-linux-gnu/include
MUSL_CC = $(CC) -specs=$(ROOT)/musl.specs
ALL_CFLAGS += -idirafter $(ROOT)/usr/include
endif

LIBS := -lz -lyaml -lsqlite3 -ljq -luuid -lssl -lcrypto -ldl

# ---- what there is ---------------------------------------------------------
TOOLS := $(notdir $(patsubst %/,%,$(dir $(wildcard tools/*/main.c))))
PIPELINES := $(notdir $(wildcard pipelines/*))
PAGES := $(notdir $(wildcard man/*.[1-8]))
SHARED := $(filter-out share/deps/% share/complete/% share/image/%, \
	$(wildcard share/*/*))
SCRIPTS := $(notdir $(basename $(wildcard share/complete/*.bash)))
LIB_OBJ := $(patsubst %.c,$B/%.o,$(wildcard lib/*/*.c))
BINS := $(filter-out $(STATIC:%=$B/bin/%),$(TOOLS:%=$B/bin/%))
STATIC_BINS := $(filter $(TOOLS:%=$B/bin/%),$(STATIC:%=$B/bin/%))
UNIT := $(patsubst tests/unit/%.c,$B/tests/%,$(wildcard tests/unit/test_*.c))
FUZZ := $(patsubst tests/fuzz/%.c,$B/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
BENCH := $(patsubst tests/bench/%.c,$B/bench/%,$(wildcard tests/bench/*.c))
FIXTURES := $(patsubst tests/fixtures/%.c,$B/fixtures/%, \
	$(wildcard tests/fixtures/*.c)) $(patsubst tests/fixtures/%/main.c, \
	$B/fixtures/%,$(wildcard tests/fixtures/*/main.c))

ifeq ($(WITH),arm64)
LIBS := -L$(ROOT)/usr/lib/aarch64-linux-gnu
LIB_OBJ := $(CORE_SRC:%.c=$B/%.o)
BINS :=
# qemu-user has no ptrace(2), seccomp(2) or Landlock, and is no place for tests
# that measure or take much time; those of jwrite read by libjq.
UNIT := $(shell awk '$$3 == "core" && !$$5 && $$2 !~ /^(landlock|jwrite)$$/ { \
	print $$2 == "trace" ? "trace_filter" : $$2 }' tests/doc/layers.txt | \
	while read -r module; do \
		ls tests/unit/test_$$module.c tests/unit/test_$${module}_*.c; \
	done 2>/dev/null | sort -u)
UNIT := $(filter-out $B/tests/test_custom $B/tests/test_ere \
	$B/tests/test_event_json $B/tests/test_event_mask, \
	$(UNIT:tests/unit/%.c=$B/tests/%))
endif

ifeq ($(V),1)
Q :=
else
Q := @
say = @printf '  %-5s %s\n' $1 $2
endif

# Each of the targets for people first installs the Debian packages that it
# lacks, then builds with a job per core unless -j was given.
ensure = @share/deps/ensure
JOBS = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))
build = +$(Q)$(MAKE) $(if $(Q),-s) --no-print-directory $(JOBS)
run = $(Q)FG_BUILD=$(abspath $B) tests/run

.SECONDARY:
.DELETE_ON_ERROR:
all: $(BINS) $(STATIC_BINS) ## build the tools into build/bin

# ---- tests, demo, measurements ---------------------------------------------
unit: $(UNIT)
fixtures: $(FIXTURES)
benches: $(BENCH)
fuzzers: $(FUZZ) $B/fuzz/planted/fuzz_planted

check: ## unit, command line, pipeline and document tests
	$(ensure) build check
	$(build) all unit fixtures
	$(run) unit cli pipelines doc

check-%: ## one suite: check-unit, -cli, -pipelines, -doc, -e2e (real servers)
	$(ensure) build check $(filter e2e,$*)
	$(build) all unit fixtures
	$(run) $*

check-arm64: ## fg-wrap for arm64, and the unit tests that qemu-user can run
	$(ensure) build check arm64
	$(build) WITH=arm64 all unit
	$(Q)FG_BUILD=$(abspath build/arm64) tests/run arm64

check-corpus: ## the laws over every document in CORPUS=../shared/corpus
	$(ensure) build check e2e
	$(build) all fixtures
	$(Q)FG_CORPUS=$(abspath $(CORPUS)) FG_BUILD=$(abspath $B) tests/run corpus

soak: ## the long runs: 20,000 execs, ten minutes of work, all of stress-ng
	$(ensure) build check e2e
	$(build) all fixtures $B/tests/test_spool_model
	$(Q)SOAK=true FG_TIMEOUT=3600 FG_BUILD=$(abspath $B) tests/run soak

demo: ## definitions become protected ones, and one runs, before your eyes
	$(ensure) build e2e
	$(build) all fixtures
	$(Q)FG_BUILD=$(abspath $B) tests/demo/run

bench: ## measure against the peers; one NDJSON record per line
	$(ensure) build bench
	$(build) all benches
	$(Q)FG_CORPUS=$(abspath $(CORPUS)) FG_BUILD=$(abspath $B) tests/bench/run

fuzz: ## run every fuzz target for FUZZ_SECONDS=60
	$(ensure) build fuzz
	$(build) WITH=fuzz fuzzers
	$(Q)FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/run

# ---- rules -----------------------------------------------------------------
$B/root/done: share/deps/arm64-root
	$(Q)share/deps/arm64-root $(@D)

$B/%.o: %.c Makefile VERSION | $(ROOT:%=%/done)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

$B/libfg.a: $(LIB_OBJ)
	$(call say,AR,$@)
	@rm -f $@
	$(Q)$(AR) qcsD $@ $^

define link
$(call say,LD,$@)
@mkdir -p $(@D)
$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $1 $(LIBS)
endef

.SECONDEXPANSION:
$(BINS): $B/bin/%: $$(addprefix $B/,$$(addsuffix .o,$$(basename \
	    $$(wildcard tools/$$*/*.c)))) $B/libfg.a
	$(call link)

# musl-gcc finds no headers of the kernel, and must not find those of glibc.
$M/include/asm:
	@mkdir -p $(@D)
	$(Q)for d in $(wildcard $(KERNEL:%=%/linux) $(KERNEL:%=%/asm) \
			$(KERNEL:%=%/asm-generic)); do \
		ln -sfn $$d $M/include/; \
	done

$M/%.o: %.c Makefile VERSION | $M/include/asm $(ROOT:%=%/done)
	$(call say,MUSL,$<)
	@mkdir -p $(@D)
	$(Q)$(MUSL_CC) $(STATIC_CFLAGS) -c -o $@ $<

$M/libcore.a: $(CORE_SRC:%.c=$M/%.o)
	$(call say,AR,$@)
	@rm -f $@
	$(Q)$(AR) qcsD $@ $^

$(STATIC_BINS): $B/bin/%: $$(addprefix $M/,$$(addsuffix .o,$$(basename \
	    $$(wildcard tools/$$*/*.c)))) $M/libcore.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(MUSL_CC) $(STATIC_CFLAGS) $(STATIC_LDFLAGS) -o $@ $^

# What of fg-console a test is about.
console = $(addprefix $B/tools/fg-console/,$(addsuffix .o,$($1)))
test_console_channel := channel
fuzz_console := audits parcel query vendor vendor_csv

$B/tests/%: $B/tests/unit/%.o $$(call console,$$*) $B/libfg.a
	$(call link,-lcmocka)

$(FIXTURES): $B/fixtures/%: $$(addprefix $B/,$$(addsuffix .o,$$(basename \
	    $$(wildcard tests/fixtures/$$*.c tests/fixtures/$$*/*.c)))) \
	    $B/libfg.a
	$(call link,-lssl)

$B/bench/%: $B/tests/bench/%.o $B/libfg.a
	$(call link,-lhttp_parser)

$B/fuzz/%: $B/tests/fuzz/%.o $$(call console,$$*) $B/libfg.a
	$(call link,-fsanitize=fuzzer)

# One that is not as it was committed says so.
image: ## the sidecar's container image, an OCI layout in build/image
	$(ensure) build image
	$(build) all
	$(Q)share/image/root $B/bin $B/image.root
	$(Q)SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct)} \
		REVISION=$$(git describe --always --abbrev=40 --dirty \
		--exclude='*') share/image/layout $(VERSION) $B/image.root $B/image
	@rm -rf $B/image.root

README.md: man/fg-intro.7 man/readme.awk ## make it anew from fg-intro(7)
	$(Q)mandoc -T markdown man/fg-intro.7 | awk -f man/readme.awk > $@

# ---- installing ------------------------------------------------------------
put = install -D -m $1 $2 "$(DESTDIR)$3"
complete = $B/bin/$1 --help=$2 > "$(DESTDIR)$3" && chmod 644 "$(DESTDIR)$3"

install: all ## to DESTDIR and PREFIX=/usr/local
	$(Q)set -e; \
	for t in $(TOOLS); do $(call put,755,$B/bin/$$t,$(PREFIX)/bin/$$t); done; \
	for p in $(PAGES); do \
		$(call put,644,man/$$p,$(MANDIR)/man$${p##*.}/$$p); \
	done; \
	for p in $(PIPELINES); do \
		$(call put,755,pipelines/$$p,$(PREFIX)/share/fg/pipelines/$$p); \
		case $$p in fg-*) \
			$(call put,755,pipelines/$$p,$(PREFIX)/bin/$$p);; \
		esac; \
	done; \
	for f in $(SHARED); do \
		m=644; test ! -x $$f || m=755; \
		$(call put,$$m,$$f,$(PREFIX)/share/fg/$${f#share/}); \
	done; \
	mkdir -p "$(DESTDIR)$(BASHDIR)" "$(DESTDIR)$(ZSHDIR)" \
		"$(DESTDIR)$(FISHDIR)"; \
	for t in $(TOOLS); do \
		$(call complete,$$t,bash,$(BASHDIR)/$$t); \
		$(call complete,$$t,zsh,$(ZSHDIR)/_$$t); \
		$(call complete,$$t,fish,$(FISHDIR)/$$t.fish); \
	done; \
	for s in $(SCRIPTS); do \
		$(call put,644,share/complete/$$s.bash,$(BASHDIR)/$$s); \
		$(call put,644,share/complete/$$s.zsh,$(ZSHDIR)/_$$s); \
		$(call put,644,share/complete/$$s.fish,$(FISHDIR)/$$s.fish); \
	done

uninstall: ## remove what install put there
	$(Q)cd "$(DESTDIR)/" && rm -rf ".$(PREFIX)/share/fg" && rm -f \
		$(TOOLS:%=".$(PREFIX)/bin/%") \
		$(patsubst %,".$(PREFIX)/bin/%",$(filter fg-%,$(PIPELINES))) \
		$(foreach p,$(PAGES),".$(MANDIR)/man$(subst .,,$(suffix $p))/$p") \
		$(foreach t,$(TOOLS) $(SCRIPTS),".$(BASHDIR)/$t" \
		".$(ZSHDIR)/_$t" ".$(FISHDIR)/$t.fish")

dist: ## build/fg-VERSION.tar.gz of the last commit, reproducible
	$(Q)mkdir -p build && git archive --prefix=fg-$(VERSION)/ HEAD | \
		gzip -9n > build/fg-$(VERSION).tar.gz

format: ## clang-format over all C files
	$(Q)find lib tools tests -name '*.[ch]' -exec clang-format -i {} +

clean: ## remove build/
	rm -rf build

help: ## this list
	@awk -F ':.*## ' '/^[a-zA-Z.%-]+:.*## / { \
		printf "  %-17s %s\n", $$1, $$2 }' Makefile
	@printf '\npipelines:\n'
	@for p in $(PIPELINES); do \
		awk -v p=$$p '/^# / && !/SPDX/ { \
			printf "  %-17s %s\n", p, substr($$0, 3); exit }' \
			pipelines/$$p; \
	done

.PHONY: all unit fixtures benches fuzzers check check-arm64 check-corpus soak \
	demo bench fuzz image install uninstall dist format clean help

-include $(wildcard $B/*/*/*.d $B/tests/fixtures/*/*.d $M/*/*/*.d)
