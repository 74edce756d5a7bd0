import type { Argument } from '../hook.ts';
import { encodeText } from '../request/utf8.ts';
import { decodeBase64 } from './base64.ts';

/** The bytes of an argument's value, as they came, or what they are in base64 for. */
export const contentOf = ({ base64decode }: Argument, text: string): Uint8Array =>
  base64decode ? decodeBase64(text) : encodeText(text);
