/** Whom a message may call, in Discord's words. */
export interface AllowedMentions {
  readonly parse: readonly 'everyone'[];
  readonly users: readonly string[];
  readonly roles: readonly string[];
}

/** Those whom a text calls, and nobody else. */
export function mentionsIn(text: string): AllowedMentions {
  const ids = (pattern: RegExp) => [...new Set([...text.matchAll(pattern)].flatMap(([, id]) => id ?? []))];
  return {
    parse: /@(?:everyone|here)\b/.test(text) ? ['everyone'] : [],
    users: ids(/<@!?(\d{1,20})>/g),
    roles: ids(/<@&(\d{1,20})>/g),
  };
}

/** The text, calling nobody: `allowed_mentions` cannot tell which part of a message an `@here` stands in. */
export const withoutMentions = (text: string): string => text.replaceAll('@', '@\u200b');
