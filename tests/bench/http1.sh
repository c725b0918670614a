#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A request head read and written anew: a proxy does it for each request.
# shellcheck source=tests/bench/record.bash
source "$(dirname "$0")/record.bash"
"$build/bench/http1"
