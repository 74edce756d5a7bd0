import { createHash } from 'node:crypto';
import type { Hook } from './hook.ts';
import { obtain } from './obtain.ts';
import type { ReadRequest } from './request/request.ts';
import { encodeText } from './request/utf8.ts';
import { label } from './rule/label.ts';

/** What is longer is stored as its hash. */
const longestId = 128;

export interface DeliveryId {
  /** Null: this request is a delivery of its own. */
  readonly id: string | null;
  readonly problems: readonly string[];
}

/**
 * What makes a request the same delivery as another one to its hook: the value of the hook's `dedupe-key`. A request that
 * has none, or an empty one, is like no other.
 */
export function deliveryIdOf({ run }: Pick<Hook, 'run'>, request: ReadRequest): DeliveryId {
  if (run === null || run.dedupeKey === null) return { id: null, problems: [] };
  const key = run.dedupeKey;
  const obtained = obtain(key, request);
  const none = (why: string) => ({ id: null, problems: [`dedupe-key: ${label(key)}: ${why}`] });
  if (obtained.result !== 'value') return none(obtained.reason);
  const { text } = obtained;
  if (text === '') return none('is empty');
  const isPlain = text.length <= longestId && text.isWellFormed() && !text.includes('\0');
  const hash = () => createHash('sha256').update(encodeText(text)).digest('hex');
  return { id: isPlain ? text : `sha256:${hash()}`, problems: [] };
}
