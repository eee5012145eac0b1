#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds evarrow, installs it into .venv, makes a recording and queries it.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

step "System packages"
python=$(find_python)
want_build_packages "$python"
install_missing

step "Build and install into .venv"
enter_venv "$python" .venv
pip install --quiet .

step "Make a recording and look at it"
mkdir -p build/quickstart
cd build/quickstart
evarrow sample --overwrite rec.raw
evarrow info rec.raw

step "Query it with the example of the README"
awk '/^```python/ {inside = 1; next} /^```/ {if (inside) exit} inside' "$root/README.md" >example.py
cat example.py
python example.py
step_end

cat <<END

Done. To go on:
  source .venv/bin/activate
  evarrow --help
END
