/** A line in which a job tells about a place in the code, as workflows write it: `::error file=a.ts,line=3::text`. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly text: string;
  /** `a.ts:3`; empty when it names none. */
  readonly place: string;
}

export function annotationOf(line: string): Annotation | null {
  const [, word, options = '', text = ''] =
    /^::(error|warning|notice)(?: ([^:]{0,500}))?::(.*)$/s.exec(line) ?? [];
  const level = (['error', 'warning', 'notice'] as const).find(level => level === word);
  if (level === undefined) return null;
  const option = (name: string): string | undefined =>
    new RegExp(`(?:^|,)\\s*${name}=([^,]*)`).exec(options)?.[1];
  return {
    level,
    text,
    place: [option('file'), option('line')].filter(part => part !== undefined).join(':'),
  };
}
