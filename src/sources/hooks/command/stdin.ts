import type { Hook } from '../hook.ts';
import { obtain } from '../obtain.ts';
import type { ReadRequest } from '../request/request.ts';
import { label } from '../rule/label.ts';
import { contentOf } from './content.ts';

/** What a hook's command reads from its standard input; null when it is to read nothing, or the request lacks it. */
export function stdinOf(
  { stdin }: Pick<Hook, 'stdin'>,
  request: ReadRequest,
): { readonly content: Uint8Array | null; readonly problems: readonly string[] } {
  if (stdin === null) return { content: null, problems: [] };
  const obtained = obtain(stdin, request);
  return obtained.result === 'value'
    ? { content: contentOf(stdin, obtained.text), problems: [] }
    : { content: null, problems: [`standard input: ${label(stdin)}: ${obtained.reason}`] };
}
