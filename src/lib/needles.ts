/** Shorter secrets are not looked for: they would mask half of every log. */
const shortestSecret = 6;
/** Of a secret with several lines, each line of at least this length counts by itself. */
const shortestLine = 8;
/** Where `base64` and `openssl` break their lines. */
const base64LineLengths = [76, 64];

/** The names of secrets that are too short to be masked. White space around a secret does not count. */
export function unmaskable(secrets: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(secrets).flatMap(([name, secret]) => (isMaskable(secret) ? [] : [name]));
}

/**
 * Every text that would tell one of the secrets: as it is, line by line, in base64 (wherever in an encoded text it
 * stands), hex, URL-encoded, escaped for JSON or quoted for a shell.
 *
 * Not covered: a secret with something in between (colours), turned around, encoded more than once, or compressed.
 */
export function needlesOf(secrets: readonly string[]): readonly string[] {
  const parts = secrets.filter(isMaskable).flatMap(secret => {
    const lines = secret.split(/[\r\n]+/).map(line => line.trim());
    return [secret.trim(), ...lines.filter(line => line.length >= shortestLine)];
  });
  return [...new Set(parts.flatMap(formsOf))];
}

function isMaskable(secret: string): boolean {
  return secret.trim().length >= shortestSecret;
}

function formsOf(text: string): readonly string[] {
  const hex = Buffer.from(text).toString('hex');
  return [
    text,
    hex,
    hex.toUpperCase(),
    ...base64Forms(text),
    ...urlForms(text),
    ...jsonForms(text),
    ...shellForms(text),
  ];
}

function base64Forms(text: string): readonly string[] {
  const whole = Buffer.from(text).toString('base64');
  const broken = base64LineLengths.flatMap(length => linesOf(whole, length));
  // Three bytes become four characters, so there are three ways to stand in a longer text. At both ends are
  // characters that depend on the neighbours as well.
  const within = [0, 1, 2].map(before => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]);
    return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
  });
  const forms = [whole, whole.replace(/=+$/, ''), ...broken, ...within];
  return forms.flatMap(form => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

function linesOf(text: string, length: number): readonly string[] {
  const count = Math.ceil(text.length / length);
  const lines = Array.from({ length: count }, (_, index) => text.slice(index * length, (index + 1) * length));
  return lines.filter(line => line.length >= shortestLine);
}

/** Encoders differ in what they leave as it is, and in how they write hex digits. */
function urlForms(text: string): readonly string[] {
  const component = encodeURIComponent(text.toWellFormed());
  const strict = component.replace(/[!'()*]/g, percent);
  const path = strict.replaceAll('%2F', '/');
  const form = new URLSearchParams([['', text]]).toString().slice(1);
  const forms = [component, strict, path, form, encodeURI(text.toWellFormed()), percent(text)];
  return forms.flatMap(upper => [upper, upper.replace(/%[0-9A-F]{2}/g, code => code.toLowerCase())]);
}

function percent(text: string): string {
  return Buffer.from(text).toString('hex').toUpperCase().replace(/../g, '%$&');
}

/** Some encoders also escape what HTML minds, what is not ASCII, or the slash. */
function jsonForms(text: string): readonly string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  return [plain, plain.replace(/[<>&]/g, unicode)]
    .flatMap(form => [form, form.replace(/[^\0-~]/g, unicode)])
    .flatMap(form => [form, form.replaceAll('/', '\\/')])
    .flatMap(form => [form, form.replace(/\\u[0-9a-f]{4}/g, code => `\\u${code.slice(2).toUpperCase()}`)]);
}

function unicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** In single quotes (two ways to write one inside), in double quotes, with backslashes, and in `$'…'`. */
function shellForms(text: string): readonly string[] {
  const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  return [
    text.replaceAll("'", `'\\''`),
    text.replaceAll("'", `'"'"'`),
    text.replace(/["$\\`]/g, '\\$&'),
    text.replace(/(?=[\0-~])[^\w@%+=:,./-]/g, '\\$&'),
    text.replace(/['\\\n\r\t]/g, character => escapes[character] ?? `\\${character}`),
  ];
}
