/** The server's environment, as its entry point reads it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What of the server's environment a job may see. */
export const jobVariables = ['PATH', 'HOME', 'LANG', 'TERM', 'TZ', 'USER', 'SHELL', 'TMPDIR'] as const;

/**
 * By what Dagger's command line finds its engine, also where this server itself runs within one. A token for Dagger Cloud
 * is not among them: a rule names it in its `secrets`.
 */
export const daggerVariables = [
  '_EXPERIMENTAL_DAGGER_RUNNER_HOST',
  'DAGGER_ENGINE',
  'DAGGER_SESSION_PORT',
  'DAGGER_SESSION_TOKEN',
  'DOCKER_HOST',
  'DOCKER_CONTEXT',
  'DOCKER_CONFIG',
  'DOCKER_CERT_PATH',
  'DOCKER_TLS_VERIFY',
  'CONTAINER_HOST',
  'XDG_RUNTIME_DIR',
] as const;

/** The environment that every job starts from; a rule's own variables and secrets come on top. */
export function jobEnvironment(env: Environment): Readonly<Record<string, string>> {
  return only(jobVariables, env);
}

/** What jobs that call Dagger have on top of it. */
export function daggerEnvironment(env: Environment): Readonly<Record<string, string>> {
  return only(daggerVariables, env);
}

function only(names: readonly string[], env: Environment): Readonly<Record<string, string>> {
  return Object.fromEntries(names.flatMap(name => (env[name] === undefined ? [] : [[name, env[name]]])));
}
