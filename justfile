# One command for each thing a contributor does. `just` alone lists them.
default:
    @just --list

# Make .venv with the package in it, editable: it is built again when it is imported after a change.
setup:
    test -d .venv || python3 -m venv .venv
    .venv/bin/pip install --quiet "scikit-build-core>=1.1" "nanobind>=3.1" "blosc>=1.11" cmake ninja
    .venv/bin/pip install --no-build-isolation --editable ".[all,test,peers]" \
        -C editable.rebuild=true -C editable.verbose=false -C build-dir=build/python

# Configure, build and run the C++ tests of a preset: dev, release, asan, tsan.
test preset="dev":
    cmake --workflow --preset {{preset}}

# Run the Python tests.
pytest *args:
    .venv/bin/python -m pytest {{args}}

# Format every file.
format:
    git ls-files '*.h' '*.cc' | xargs .venv/bin/clang-format -i
    .venv/bin/ruff format .
    .venv/bin/ruff check --fix .

# Check format, lint and types, as CI does; clang-tidy reads build/asan.
lint:
    git ls-files '*.h' '*.cc' | xargs .venv/bin/clang-format --dry-run -Werror
    .venv/bin/ruff format --check .
    .venv/bin/ruff check .
    .venv/bin/shellcheck --external-sources scripts/*.sh .ci/run
    .venv/bin/mypy
    git ls-files 'src/*.cc' | xargs -P "$(nproc)" -n 1 .venv/bin/clang-tidy -p build/asan --quiet

# Write python/evarrow/_core.pyi anew after a change of the bindings.
stubs:
    . .venv/bin/activate && bash scripts/update-stubs.sh

# Run the C++ benchmarks.
bench *args:
    cmake --preset bench
    cmake --build --preset bench
    for program in build/bench/*_bench; do $program {{args}}; done

# Fuzz one target, such as evt3, for some seconds.
fuzz target seconds="60":
    cmake --preset fuzz
    cmake --build --preset fuzz
    mkdir -p build/fuzz/corpus/{{target}}
    build/fuzz/fuzz_{{target}} -max_total_time={{seconds}} build/fuzz/corpus/{{target}}

# Everything a pull request must pass, from nothing.
check:
    bash scripts/test.sh
