#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes a virtual environment with the libraries that evarrow is measured against:
#   bench/vs/setup.sh DIR
set -euo pipefail

if [ $# -ne 1 ]; then
  echo "usage: $0 DIR" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
if [ ! -x "$1/bin/python" ]; then
  "${PYTHON:-python3}" -m venv "$1"
fi
PIP_DISABLE_PIP_VERSION_CHECK=1 "$1/bin/pip" install --quiet --requirement "$here/requirements.txt"
echo "peers are in $1: python $here/run.py --peers $1"
