import { cut } from '../../domain/shown.ts';

/**
 * What the command line says when it gets no engine, since 0.9: behind `Error:`, behind the `!` of its progress lines,
 * or, newer, as a line of its own. A function's output stands behind other marks, so that what it says of engines and
 * daemons of its own does not count.
 */
const words =
  'start engine:|(?:failed to )?connect(?:ing)? to (?:the )?engine\\b|failed to start (?:the )?engine\\b|buildkit failed to respond|Dagger engine failed to start|failed to run container: docker:|Cannot connect to the Docker daemon';
const trouble = new RegExp(
  `^(?:Error: |[\\d :a-f│┆┃]*! )((?:${words}).*)|^(Dagger could not start the local engine.*)`,
  'm',
);

/** A clause when what was printed on stderr, from its beginning, says that there is no engine; else null. */
export function engineTrouble(stderr: string): string | null {
  const [, marked, plain] = trouble.exec(stderr) ?? [];
  const said = marked ?? plain;
  if (said === undefined) return null;
  const what = cut(said.trim().replace(/[.:]$/, ''), 200);
  return `Dagger's engine cannot be reached (${what}): start Docker, or another container runtime, for the user that signalbox runs as, or name a running engine in _EXPERIMENTAL_DAGGER_RUNNER_HOST`;
}
