#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What fg-sidecar keeps until the Console has it, on its way to the disk:
# 50,000 events a second are 20 us for each. On one core.
# shellcheck source=tests/bench/record.bash
source "$(dirname "$0")/record.bash"
taskset -c 0 "$build/bench/spool" "$work"
