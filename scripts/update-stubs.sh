#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes python/evarrow/_core.pyi anew from the evarrow installed in the active environment.
set -euo pipefail
cd "$(dirname "$0")/.."
python -m nanobind.stubgen --module evarrow._core --output-file python/evarrow/_core.pyi
