/** A value such as `form-data; name="v"`: its first word in lower case, and its parameters by lower-case name. */
export interface MediaType {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const token = "[\\w!#$%&'*+.^`|~-]+";
const parameter = new RegExp(
  `\\s*;\\s*(${token})\\s*=\\s*(?:(${token})|"([^"\\\\]*(?:\\\\[^][^"\\\\]*)*)")`,
  'y',
);
const word = new RegExp(`^\\s*(${token}(?:/${token})?)\\s*`);

/** Reads such a value; null when it is broken or names a parameter twice. */
export function readMediaType(text: string): MediaType | null {
  const type = word.exec(text);
  if (type === null) return null;
  const parameters = new Map<string, string>();
  let at = type[0].trimEnd().length;
  for (;;) {
    parameter.lastIndex = at;
    const found = parameter.exec(text);
    if (found === null) break;
    const [all, name = '', plain, quoted] = found;
    const key = name.toLowerCase();
    if (parameters.has(key)) return null;
    parameters.set(key, plain ?? (quoted ?? '').replace(/\\([\\"])/g, '$1'));
    at += all.length;
  }
  if (!['', ';'].includes(text.slice(at).trim())) return null;
  extended(parameters);
  return { type: (type[1] ?? '').toLowerCase(), parameters };
}

/** `filename*=utf-8''a%20b` stands for the plain parameter. */
function extended(parameters: Map<string, string>): void {
  for (const [name, value] of parameters) {
    const encoded = name.endsWith('*') ? /^(?:utf-8|us-ascii)'[^']*'(.*)$/i.exec(value)?.[1] : undefined;
    if (encoded === undefined) continue;
    try {
      parameters.set(name.slice(0, -1), decodeURIComponent(encoded));
    } catch {
      // A broken escape: as if the parameter were not there.
      parameters.delete(name);
    }
  }
}
