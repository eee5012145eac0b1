# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What quickstart.sh and test.sh share: steps with their times, system packages, environments.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit

step_name=""
step_start=0

# Ends the step before, with its time, and begins one.
step() {
  step_end
  step_name=$1
  step_start=$SECONDS
  printf '\n== %s\n' "$step_name"
}

step_end() {
  if [ -n "$step_name" ]; then
    printf -- '-- %s: %d s\n' "$step_name" "$((SECONDS - step_start))"
  fi
  step_name=""
}

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Prints the first Python from 3.11 on, $PYTHON before all.
find_python() {
  local name
  for name in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
  fail "Python 3.11 or later was not found; install it or name it: PYTHON=/path/to/python3 $0"
}

# Prints the prefix of the Debian packages of a Python: python3, or python3.13 where it is not the
# system's own.
python_package() {
  if [ "$(readlink -f "$1")" = "$(readlink -f /usr/bin/python3 2>/dev/null)" ]; then
    echo python3
  else
    "$1" -c 'import sys; print("python%d.%d" % sys.version_info[:2])'
  fi
}

# Whether g++ (or $CXX) finds a header.
has_header() {
  printf '#include <%s>\n' "$1" | "${CXX:-g++}" -x c++ -std=c++20 -fsyntax-only - 2>/dev/null
}

# Whether clang++ can link a libFuzzer program.
has_libfuzzer() {
  local program
  program=$(mktemp)
  echo 'extern "C" int LLVMFuzzerTestOneInput(const char*, unsigned long) { return 0; }' |
    clang++ -x c++ -std=c++20 -fsanitize=fuzzer,address,undefined -o "$program" - 2>/dev/null
  local status=$?
  rm -f "$program"
  return $status
}

# Adds to `missing` the Debian packages without which nothing can be built.
missing=()
want_build_packages() {
  local python=$1
  command -v "${CXX:-g++}" >/dev/null || missing+=(g++)
  "$python" -c 'import sysconfig, sys, os
sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))' ||
    missing+=("$(python_package "$python")-dev")
  "$python" -c 'import venv, ensurepip' 2>/dev/null ||
    missing+=("$(python_package "$python")-venv")
}

can_install() {
  command -v apt-get >/dev/null && { [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null; }
}

# Installs what is in `missing`; needs root only if that is not empty.
install_missing() {
  if [ ${#missing[@]} -eq 0 ]; then
    echo "nothing is missing"
    return
  fi
  echo "missing: ${missing[*]}"
  can_install ||
    fail "that needs root or sudo; have this done, then try again: apt-get install ${missing[*]}"
  local as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  local options=(-qq -o DPkg::Lock::Timeout=300)
  "${as_root[@]}" apt-get "${options[@]}" update
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get "${options[@]}" install --yes --no-install-recommends "${missing[@]}"
  missing=()
}

# Makes the virtual environment $2 with the Python $1, or keeps the one there, and activates it.
enter_venv() {
  local python=$1 venv=$2
  if ! "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    "$python" -m venv --clear "$venv"
  fi
  # shellcheck disable=SC1091
  . "$venv/bin/activate"
  export PIP_DISABLE_PIP_VERSION_CHECK=1
}

# Puts cmake and ninja into the active environment unless good ones are there, and the compression
# libraries.
want_build_tools() {
  local tools=()
  python - <<'PYTHON' || tools+=(cmake)
import re, subprocess, sys
try:
    text = subprocess.run(["cmake", "--version"], capture_output=True, text=True).stdout
except OSError:
    sys.exit(1)
version = re.search(r"(\d+)\.(\d+)", text)
sys.exit(version is None or tuple(map(int, version.groups())) < (3, 25))
PYTHON
  ninja --version >/dev/null 2>&1 || tools+=(ninja)
  python -c 'import importlib.metadata as m; m.version("blosc")' 2>/dev/null || tools+=("blosc>=1.11")
  if [ ${#tools[@]} -gt 0 ]; then
    pip install --quiet "${tools[@]}"
  fi
}
