/** Where something stands in a file; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Something in the configuration that has to be mended, or, as a warning, should be looked at. */
export interface Problem {
  /** As the user named it; null where there is no file. */
  readonly file: string | null;
  /** Null when the problem is in no place in particular. */
  readonly line: number | null;
  readonly column: number | null;
  /** `rules[0].branch`; empty for the whole file. */
  readonly path: string;
  /** One clause for people; the values of references are masked in it. */
  readonly message: string;
  /** What was most likely meant. */
  readonly suggestion: string | null;
}

/** `signalbox.yaml:12:5 rules[0].brnach: unknown key; did you mean "branch"?` */
export function formatProblem({ file, line, column, path, message, suggestion }: Problem): string {
  const where = line === null ? (file ?? '') : [file, line, column].filter(part => part !== null).join(':');
  const what = suggestion === null ? message : `${message}; did you mean "${suggestion}"?`;
  const place = [where, path].filter(part => part !== '').join(' ');
  return place === '' ? what : `${place}: ${what}`;
}

export type Path = readonly (string | number)[];

/** A problem before its line is known: at a key itself, or so many characters into its value. */
export interface Finding {
  readonly path: Path;
  readonly at: 'key' | number;
  readonly message: string;
  readonly suggestion: string | null;
}

/** A finding at the beginning of a value. */
export function finding(path: Path, message: string, suggestion: string | null = null): Finding {
  return { path, at: 0, message, suggestion };
}

export function pathText(path: Path): string {
  return path
    .map((step, n) => {
      if (typeof step === 'number') return `[${step}]`;
      const plain = /^[\w-]{1,64}$/.test(step) ? step : JSON.stringify(step.slice(0, 64));
      return n === 0 ? plain : `.${plain}`;
    })
    .join('');
}
