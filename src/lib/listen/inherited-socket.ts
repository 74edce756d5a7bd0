/** The first descriptor behind stdin, stdout and stderr. */
const firstFd = 3;

/**
 * The socket that systemd opened for this process (`man sd_listen_fds`): its descriptor, or null when there is none.
 * Throws a sentence for people when there are several.
 */
export function inheritedSocket(
  env: Readonly<Record<string, string | undefined>>,
  pid: number,
): number | null {
  if (env['LISTEN_PID'] !== String(pid)) return null;
  const count = Number(env['LISTEN_FDS'] ?? 0);
  if (!Number.isInteger(count) || count < 1) return null;
  if (count > 1)
    throw new Error(`${count} sockets were handed over: let the socket unit name one ListenStream= alone`);
  return firstFd;
}

/** An environment without what was meant for this process alone: a command that inherits it would believe it. */
export function withoutInheritance<Value>(
  env: Readonly<Record<string, Value>>,
): Readonly<Record<string, Value>> {
  const { LISTEN_PID: _pid, LISTEN_FDS: _fds, LISTEN_FDNAMES: _names, ...rest } = env;
  return rest;
}
