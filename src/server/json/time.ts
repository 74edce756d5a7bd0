/** A time as the API writes it: ISO 8601, UTC, with milliseconds. */
export const iso = (ms: number): string => new Date(ms).toISOString();

/** The same within a sentence: nobody reads milliseconds there. */
export const isoSeconds = (ms: number): string => iso(ms).replace(/\.\d+Z$/, 'Z');

export const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));
