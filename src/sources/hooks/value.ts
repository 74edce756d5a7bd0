/** A number as it was written: `1.0`, `1e3` and 23 digits stay what they are. */
export interface NumberLiteral {
  readonly literal: string;
}

/** What a request can hold. Maps are maps, so that `__proto__` is a key like any other. */
export type Value = null | boolean | string | NumberLiteral | readonly Value[] | Values;
export type Values = ReadonlyMap<string, Value>;

/** What stands where no map could be had: it holds nothing, and as JSON it is `null`. */
export const noMap: Values = new Map();

export const isMap = (value: Value): value is Values => value instanceof Map;
export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
