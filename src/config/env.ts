/** The server's environment, as its entry point reads it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What of the server's environment a job may see. */
export const jobVariables = ['PATH', 'HOME', 'LANG', 'TERM', 'TZ', 'USER', 'SHELL', 'TMPDIR'] as const;

/** The environment that every job starts from; a rule's own variables and secrets come on top. */
export function jobEnvironment(env: Environment): Readonly<Record<string, string>> {
  return Object.fromEntries(
    jobVariables.flatMap(name => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
}
