#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A decision by a policy with long lists: fg-wrap makes one for each event.
# shellcheck source=tests/bench/record.bash
source "$(dirname "$0")/record.bash"
"$build/bench/decide"
