/** A line is cut here; the rest follows as another one. */
const longestLine = 16_000;
/** Longer than any link or image that a log shows; what follows of such a sequence is passed over. */
const longestSequence = 8_192;

/** What a terminal was sent, as lines of text. What it gives does not depend on how the bytes were cut into pieces. */
export interface TerminalLines {
  /** The lines that are complete now, without their ends. */
  push(bytes: Uint8Array): readonly string[];
  /** What is left: a last line without its end. */
  end(): readonly string[];
}

/** Ordinary text goes through in one go, up to whatever means something. */
// oxlint-disable-next-line no-control-regex -- they are what this is about
const special = /[\x00-\x08\x0b-\x1f\x7f]|\n/g;

const escape = '\x1b';
const bell = '\x07';

type State =
  | { readonly in: 'text' }
  /** Behind ESC. */
  | { readonly in: 'escape' }
  /** Behind ESC and characters that only a final one ends, such as in `ESC ( B`. */
  | { readonly in: 'designation' }
  | { readonly in: 'control'; readonly seen: string }
  /** Up to BEL or `ESC \`. `seen` null: its content is of no interest. */
  | { readonly in: 'string'; readonly seen: string | null; readonly escaped: boolean };

const text: State = { in: 'text' };

/**
 * Reads what programs print for terminals: colours stay, a carriage return begins the line anew, everything else that moves
 * a cursor or sets something goes, and so do the timestamps (APC) that agents of Buildkite put in. Its links and images (OSC
 * 1338 and 1339) become their texts.
 */
export function createTerminalLines(): TerminalLines {
  const decoder = new TextDecoder();
  let state: State = text;
  let line = '';
  /** A carriage return came, and nothing visible since: a line feed ends the line, a character begins it anew. */
  let returned = false;
  let lines: string[] = [];

  function print(piece: string): void {
    if (piece === '') return;
    if (returned) line = '';
    returned = false;
    line += piece;
    while (line.length > longestLine) {
      // No character is cut in half.
      const at = /[\uD800-\uDBFF]/.test(line[longestLine - 1] ?? '') ? longestLine - 1 : longestLine;
      lines.push(line.slice(0, at));
      line = line.slice(at);
    }
  }

  function endLine(): void {
    lines.push(line);
    line = '';
    returned = false;
  }

  function take(character: string): void {
    if (character === '\n') endLine();
    else if (character === '\r') returned = true;
    else if (character === escape) state = { in: 'escape' };
  }

  /** Whatever is no text, character by character; the new state. */
  function step(now: Exclude<State, { in: 'text' }>, character: string): State {
    // No sequence goes beyond its line: a broken one swallows no others.
    if (character === '\n') {
      endLine();
      return text;
    }
    switch (now.in) {
      case 'escape':
        if (character === '[') return { in: 'control', seen: '' };
        if (character === ']') return { in: 'string', seen: '', escaped: false };
        if ('_P^X'.includes(character)) return { in: 'string', seen: null, escaped: false };
        if (character === escape) return now;
        return /[ -/]/.test(character) ? { in: 'designation' } : text;
      case 'designation':
        return /[ -/]/.test(character) ? now : text;
      case 'control':
        return control(now.seen, character);
      case 'string':
        return string(now, character);
    }
  }

  function control(seen: string, character: string): State {
    if (character === escape) return { in: 'escape' };
    if (!/[@-~]/.test(character))
      return { in: 'control', seen: seen.length > longestSequence ? seen : seen + character };
    if (character === 'm' && /^[\d;:]*$/.test(seen)) print(`${escape}[${seen}m`);
    // Erasing the line, or, behind a carriage return, what is left of it.
    if (character === 'K' && (returned || seen === '1' || seen === '2')) line = '';
    return text;
  }

  function string(now: Extract<State, { in: 'string' }>, character: string): State {
    const { seen, escaped } = now;
    if (character === bell || (escaped && character === '\\')) {
      if (seen !== null) print(shownInstead(seen));
      return text;
    }
    if (character === escape) return { ...now, escaped: true };
    const kept =
      seen === null || seen.length > longestSequence ? null : seen + (escaped ? escape : '') + character;
    return { in: 'string', seen: kept, escaped: false };
  }

  function read(piece: string): void {
    let at = 0;
    while (at < piece.length) {
      if (state.in === 'text') {
        special.lastIndex = at;
        const found = special.exec(piece);
        print(piece.slice(at, found?.index));
        if (found === null) return;
        take(found[0]);
        at = found.index + 1;
      } else {
        state = step(state, piece[at] ?? '');
        at += 1;
      }
    }
  }

  function taken(): readonly string[] {
    const complete = lines;
    lines = [];
    return complete;
  }

  return {
    push: bytes => {
      read(decoder.decode(bytes, { stream: true }));
      return taken();
    },
    end: () => {
      read(decoder.decode());
      if (line !== '') endLine();
      return taken();
    },
  };
}

/** What a reader sees of an operating system command: of Buildkite's links and images a text, of all others nothing. */
function shownInstead(command: string): string {
  const [, kind, rest = ''] = /^(1338|1339);([^]*)$/.exec(command) ?? [];
  if (kind === undefined) return '';
  const fields = new Map(
    rest.split(';').map(field => {
      const [, key = '', value = ''] = /^(\w+)=([^]*)$/.exec(field) ?? [];
      return [key, value.replace(/^(['"])([^]*)\1$/, '$2')] as const;
    }),
  );
  const words = fields.get(kind === '1338' ? 'alt' : 'content') || fields.get('url') || '';
  // It may not bring control characters of its own.
  // oxlint-disable-next-line no-control-regex -- they are what must not come through
  return words.replaceAll(/[\x00-\x1f\x7f]/g, ' ');
}
