#!/bin/sh
# Installs what the tests need from Debian's packages when it is missing and this is root; says so. Elsewhere it names
# what is missing, and the tests that need it fail.
set -eu

missing=""
command -v git >/dev/null 2>&1 || missing="$missing git"
[ -x "${SIGNALBOX_CHROMIUM:-/usr/bin/chromium}" ] || missing="$missing chromium"
command -v webhook >/dev/null 2>&1 || missing="$missing webhook"
command -v wrk >/dev/null 2>&1 || missing="$missing wrk"
[ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || missing="$missing rabbitmq-server"
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$missing postgresql"
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "signalbox: installing for the tests:$missing" >&2
  export DEBIAN_FRONTEND=noninteractive
  # Tests start servers of their own: none is to run beside them.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    trap 'exit 1' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
  fi
  apt-get update -qq >&2
  # shellcheck disable=SC2086 # a list of package names
  apt-get install -y -qq --no-install-recommends $missing >&2
else
  echo "signalbox: the tests need$missing; please install it (Debian: apt-get install$missing)" >&2
fi
