/** What a value is in a template; whole numbers and others are told apart. */
export type Datum =
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'integer'; readonly value: bigint }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'nil' }
  /** What `.` is, for a hooks file is given nothing. */
  | { readonly type: 'nothing' };

export type Operand =
  | { readonly kind: 'value'; readonly value: Datum }
  /** `.` and what is looked up in it. */
  | { readonly kind: 'dot'; readonly fields: readonly string[] }
  | { readonly kind: 'variable'; readonly name: string; readonly fields: readonly string[] }
  | { readonly kind: 'pipeline'; readonly pipeline: Pipeline; readonly fields: readonly string[] };

/** A function with its arguments, or a single operand. */
export type Call =
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly operands: readonly Operand[];
      readonly at: number;
    }
  | { readonly kind: 'operand'; readonly operand: Operand; readonly at: number };

/** Calls in a row: each is the last argument of the next. The result may go into a variable. */
export interface Pipeline {
  readonly declares: readonly string[];
  /** `=` instead of `:=`. */
  readonly assigns: boolean;
  readonly calls: readonly Call[];
}

export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'print'; readonly pipeline: Pipeline; readonly at: number }
  | {
      readonly kind: 'if' | 'with' | 'range';
      readonly pipeline: Pipeline;
      readonly body: readonly TemplateNode[];
      readonly otherwise: readonly TemplateNode[];
      readonly at: number;
    }
  | {
      readonly kind: 'template';
      readonly name: string;
      readonly pipeline: Pipeline | null;
      readonly at: number;
    }
  | { readonly kind: 'break' | 'continue' };

export interface Template {
  readonly nodes: readonly TemplateNode[];
  /** Those that `define` and `block` name. */
  readonly named: ReadonlyMap<string, readonly TemplateNode[]>;
}
