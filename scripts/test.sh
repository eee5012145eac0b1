#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds and runs all tests and checks, C++ and Python.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

jobs=$(getconf _NPROCESSORS_ONLN)

step "System packages"
python=$(find_python)
want_build_packages "$python"
has_header doctest/doctest.h || missing+=(doctest-dev)
has_header benchmark/benchmark.h || missing+=(libbenchmark-dev)
for tool in clang++ valgrind ccache; do
  if ! command -v $tool >/dev/null && can_install; then
    missing+=("${tool%++}")
  fi
done
install_missing
if command -v clang++ >/dev/null && ! has_libfuzzer && can_install; then
  missing+=("libclang-rt-$(clang++ -dumpversion | cut -d. -f1)-dev")
  install_missing
fi

step "Python environment .venv-test, with the package in it"
enter_venv "$python" .venv-test
want_build_tools
# The benchmarks use the same library, compiled with the same options: ccache keeps it for them.
if command -v ccache >/dev/null; then
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache
fi
pip install --quiet --config-settings=cmake.define.EVARROW_WERROR=ON ".[test,peers]"
if ! pip install --quiet torch==2.13.0; then
  echo "torch could not be installed: the tests that need it are skipped"
fi

step "Formatting and lint"
git ls-files '*.h' '*.cc' | xargs clang-format --dry-run -Werror
ruff format --check .
ruff check .
shellcheck --external-sources scripts/*.sh .ci/run
mypy

step "C++ tests and fuzz targets under the address and undefined-behaviour sanitizers"
cmake --workflow --preset asan

step "Python tests"
python -m pytest

step "Fuzz targets, some seconds each"
if has_libfuzzer; then
  cmake --workflow --preset fuzz
else
  echo "clang is not here: the fuzz targets ran with our own driver, under the sanitizers above"
fi

step "Benchmarks, to see that they run"
CXX=${CXX:-g++} cmake --workflow --preset bench

step "A C++ program that uses the installed package"
rm -rf build/consumer
cmake --install build/bench --component cpp --prefix build/consumer/prefix
cmake -G Ninja -S examples/cmake-consumer -B build/consumer/build \
  -DCMAKE_PREFIX_PATH="$root/build/consumer/prefix"
cmake --build build/consumer/build
evarrow sample --overwrite build/consumer/rec.raw
build/consumer/build/consumer build/consumer/rec.raw

step "Instructions an event"
if command -v valgrind >/dev/null; then
  python bench/instructions.py --check
else
  echo "valgrind is not here: nothing is counted"
fi

step "clang-tidy"
git ls-files 'src/*.cc' | xargs -P "$jobs" -n 1 clang-tidy -p build/asan --quiet
step_end

printf '\nAll tests passed in %d s.\n' "$SECONDS"
