import { TemplateFailure } from './failure.ts';

/** A word of an action. `blank` tells whether white space stands before it. */
export interface Token {
  readonly kind: 'word' | 'field' | 'variable' | 'number' | 'text' | 'char' | 'mark';
  readonly text: string;
  readonly at: number;
  readonly blank: boolean;
}

/** A piece of a template: text as it is, or what stands between `{{` and `}}`. Comments are left out. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly tokens: readonly Token[]; readonly at: number };

/** Cuts a template into its pieces; `{{-` and `-}}` take the white space beside them away. */
export function piecesOf(template: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  let trims = false;
  for (let open = template.indexOf('{{'); ; open = template.indexOf('{{', from)) {
    const text = template.slice(from, open === -1 ? undefined : open);
    const started = trims ? text.trimStart() : text;
    if (open === -1) {
      pieces.push({ kind: 'text', text: started });
      return pieces;
    }
    const trimsBefore = /^-\s/.test(template.slice(open + 2, open + 4));
    pieces.push({ kind: 'text', text: trimsBefore ? started.trimEnd() : started });
    const action = readAction(template, open + (trimsBefore ? 3 : 2), open);
    if (action.tokens !== null) pieces.push({ kind: 'action', tokens: action.tokens, at: open });
    from = action.end;
    trims = action.trims;
  }
}

interface Action {
  /** Null: a comment. */
  readonly tokens: readonly Token[] | null;
  readonly end: number;
  readonly trims: boolean;
}

const comment = /\s*\/\*[^]*?\*\/(?:\s*(\s-)|\s*)\}\}/y;
const close = /(?:\s*(\s-)|\s*)\}\}/y;
const space = /\s*/y;
const tokens: readonly (readonly [kind: Token['kind'], form: RegExp])[] = [
  ['text', /"[^"\\\n]*(?:\\[^\n][^"\\\n]*)*"|`[^`]*`/y],
  ['char', /'(?:[^'\\\n]|\\[^\n])[^'\n]{0,16}'/y],
  [
    'number',
    /[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)(?!\w)/y,
  ],
  ['variable', /\$\w*/y],
  ['field', /\.[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['word', /[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['mark', /:=|[=|(),.]/y],
];

function readAction(template: string, start: number, open: number): Action {
  comment.lastIndex = start;
  const commented = comment.exec(template);
  if (commented !== null) return { tokens: null, end: comment.lastIndex, trims: commented[1] !== undefined };
  const found: Token[] = [];
  for (let at = start; ; ) {
    close.lastIndex = at;
    const closed = close.exec(template);
    if (closed !== null) return { tokens: found, end: close.lastIndex, trims: closed[1] !== undefined };
    space.lastIndex = at;
    space.test(template);
    const begin = space.lastIndex;
    if (begin >= template.length) throw new TemplateFailure('"{{" is never closed', open);
    const token = tokenAt(template, begin, begin > at);
    found.push(token);
    at = token.at + token.text.length;
  }
}

function tokenAt(template: string, at: number, blank: boolean): Token {
  for (const [kind, form] of tokens) {
    form.lastIndex = at;
    const text = form.exec(template)?.[0];
    if (text !== undefined) return { kind, text, at, blank };
  }
  throw new TemplateFailure(`${JSON.stringify(template.slice(at, at + 8))} cannot stand in an action`, at);
}
