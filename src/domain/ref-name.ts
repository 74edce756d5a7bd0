/** Whether git allows the text as the full name of a ref: the rules of `git check-ref-format`. */
export function isRefName(text: string): boolean {
  return (
    text.includes('/') &&
    // oxlint-disable-next-line no-control-regex -- they are what git forbids
    !/[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|\.$/.test(text) &&
    text.split('/').every(part => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'))
  );
}

/** Whether the text has the form of a commit's id: SHA-1 or SHA-256 in hex. */
export function isCommitId(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}
