/** Whether the text has the form of a DID of the two kinds that are used here. */
export function isDid(text: string): text is `did:${'plc' | 'web'}:${string}` {
  return /^did:(?:plc|web):[\w.:%-]{1,2000}$/.test(text);
}

/** The parts of `at://did/collection/rkey`; null when it is none. */
export function readAtUri(
  text: string,
): { readonly did: string; readonly collection: string; readonly rkey: string } | null {
  const [, did = '', collection = '', rkey = ''] =
    /^at:\/\/(did:[^/\s]+)\/([\w.-]+)\/([\w.:~-]+)$/.exec(text) ?? [];
  return isDid(did) ? { did, collection, rkey } : null;
}
