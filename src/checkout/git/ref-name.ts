/** Whether git allows the text as the full name of a ref: the rules of `git check-ref-format`. */
export function isRefName(text: string): boolean {
  return (
    text.includes('/') &&
    // oxlint-disable-next-line no-control-regex -- they are what git forbids
    !/[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|\.$/.test(text) &&
    text.split('/').every(part => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'))
  );
}
