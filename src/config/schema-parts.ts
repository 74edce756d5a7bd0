import { z } from 'zod';
import { providersPool } from '../domain/rule.ts';
import { parseDuration, parseSize } from '../lib/units.ts';

/** More than anybody writes by hand. */
const mostOfMany = 100;
const tooMany = `there are more than ${mostOfMany}`;

/** One value, or a list of them: always read as a list. */
export function oneOrMany<Item>(item: z.ZodType<Item>, least: 0 | 1 = 1): z.ZodType<readonly Item[]> {
  const error =
    least === 0
      ? 'write one text, or a list of texts'
      : 'write one text, or a list of texts that is not empty';
  const list = z.array(item, { error }).min(least, { error }).max(mostOfMany, { error: tooMany });
  return z.union([item.transform(value => [value]), list], {
    error: ({ input }) => (Array.isArray(input) && input.length > mostOfMany ? tooMany : error),
  });
}

/** A whole number; also as text, so that `${env:PORT}` can stand for one. */
export function whole(least: number, most: number): z.ZodType<number> {
  const error = `write a whole number from ${least} to ${most}`;
  const number = z.int({ error }).min(least, { error }).max(most, { error });
  return z.union(
    [
      number,
      z
        .string({ error })
        .regex(/^\d{1,15}$/, { error })
        .transform(Number)
        .pipe(number),
    ],
    { error },
  );
}

/** Milliseconds. */
export function duration(least: string, most: string): z.ZodType<number> {
  return quantity(parseDuration, {
    pattern: '^[0-9]+(ms|s|m|h|d)$',
    least,
    most,
    like: 'a duration with its unit, such as 500ms, 30s, 10m, 2h or 7d',
  });
}

/** Bytes. */
export function size(least: string, most: string): z.ZodType<number> {
  return quantity(parseSize, {
    pattern: '^[0-9]+([KMGT]?B|[KMGT]iB)?$',
    least,
    most,
    like: 'a size such as 64KiB, 5MB or 1GB',
  });
}

function quantity(
  parse: (text: string) => number | undefined,
  { pattern, least, most, like }: { pattern: string; least: string; most: string; like: string },
): z.ZodType<number> {
  const error = `write ${like}`;
  // A number is a quantity only where no unit is needed, which `parse` knows.
  return z
    .union([z.string({ error }).meta({ pattern }), z.int({ error }).min(0, { error })], { error })
    .transform((written, context) => {
      const value = parse(String(written));
      if (value === undefined) context.addIssue(error);
      else if (value < (parse(least) ?? 0) || value > (parse(most) ?? 0))
        context.addIssue(`must be between ${least} and ${most}`);
      return value ?? 0;
    });
}

/** A text that is not empty. */
export function text(longest: number): z.ZodType<string> {
  return z
    .string()
    .min(1, { error: 'is empty' })
    .max(longest, { error: `is longer than ${longest} characters` });
}

/** Rules and pools: what can stand in a URL, a file name and a commit status as it is. */
export const name: z.ZodType<string> = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, {
  error: 'a name is up to 64 of a-z, 0-9, ".", "_" and "-", and begins with a letter or digit',
});

/** Where runs may be sent: `local`, or a pool that agents serve. */
export const pool: z.ZodType<string> = name.refine(written => written !== providersPool, {
  error: `the pool "${providersPool}" is for builds of other CI services: name another one`,
});

/** Names of environment variables, and of secrets, which become some. */
export const variable: z.ZodType<string> = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, {
  error: 'the name of a variable is made of letters, digits and "_", and does not begin with a digit',
});

/** An http(s) address; read without a slash at the end. */
export const httpUrl: z.ZodType<string> = z
  .string()
  .refine(text => /^https?:\/\/[^/]/.test(text) && URL.canParse(text), {
    error: 'write an address that begins with https:// or http://',
  })
  .transform(text => text.replace(/\/+$/, ''));
