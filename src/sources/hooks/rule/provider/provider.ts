import type { ReadRequest } from '../../request/request.ts';

/** Somebody who sends webhooks, and proves in a way of its own that it was him. */
export interface Provider {
  readonly name: string;
  /** What the file gives as `secret`, for people. */
  readonly secret: string;
  /** The key that such a text is, or null when it is none. */
  key(secret: string): Buffer | null;
  /** What a request says to prove where it is from. Never throws. */
  claim(request: Sent): Claim;
}

/** What is signed, and with what: as it came, before anything was read in it. */
export type Sent = Pick<ReadRequest, 'fields' | 'signed'>;

export type Claim =
  | {
      readonly result: 'claim';
      /** The header that holds the proof. */
      readonly header: string;
      /** What the header is, if it is right: `the HMAC-SHA256 of the body`. */
      readonly is: string;
      readonly compare: (key: Buffer) => Comparison;
      /** When it was signed; null where the provider does not say, or nobody is to rely on it. */
      readonly signedAt: { readonly header: string; readonly seconds: number } | null;
    }
  /** A header that is needed is missing or malformed. */
  | { readonly result: 'none'; readonly reason: string };

export interface Comparison {
  readonly fits: boolean;
  /** What can be told of both sides without giving anything away, to end a sentence. */
  readonly told: string;
}

/** A header as it came, one character per byte; of several the first. */
export const headerOf = ({ fields }: Pick<Sent, 'fields'>, wanted: string): string | undefined =>
  fields.find(([name]) => name.toLowerCase() === wanted.toLowerCase())?.[1];

export const noClaim = (reason: string): Claim => ({ result: 'none', reason });

/** A secret that is used as it is written. */
export const plainKey = (secret: string): Buffer | null => (secret === '' ? null : Buffer.from(secret));

/** Seconds since 1970, or null. */
export const secondsIn = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : null;
