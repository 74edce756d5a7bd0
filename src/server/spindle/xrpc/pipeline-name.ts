import { generic } from './method-error.ts';

/**
 * The pipeline that a caller names: by its record key, which is its name together with a knot that is not said here, or
 * by its at-uri. Null when it is neither.
 */
export function readPipelineName(
  text: string,
): { readonly knot: string | null; readonly rkey: string } | null {
  if (/^[\w.:~-]{1,512}$/.test(text)) return { knot: null, rkey: text };
  const [, host = '', rkey = ''] =
    /^at:\/\/did:web:([\w.:%-]{1,300})\/sh\.tangled\.pipeline\/([\w.:~-]{1,512})$/.exec(text) ?? [];
  return rkey === '' ? null : { knot: host.replace(/%3a/i, ':'), rkey };
}

/** The same; throws for who has named none. */
export function pipelineName(text: string | null): NonNullable<ReturnType<typeof readPipelineName>> {
  if (text === null || text === '') throw generic('pipeline: is missing');
  const name = readPipelineName(text);
  if (name === null) throw generic('pipeline: is neither a record key nor the at-uri of a pipeline');
  return name;
}
