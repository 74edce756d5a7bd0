const durationUnits = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const sizeUnits = {
  B: 1,
  KB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  TB: 1000 ** 4,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
} as const;

/** `500ms`, `30s`, `10m`, `2h`, `7d` → milliseconds; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  return parse(text, durationUnits);
}

/** `5MB`, `64KiB`, `800B` or plain `1024` → bytes; undefined for anything else. */
export function parseSize(text: string): number | undefined {
  return parse(/^\d+$/.test(text) ? `${text}B` : text, sizeUnits);
}

/** Milliseconds as they would be written in the configuration: in the largest unit that needs no fraction. */
export function durationText(ms: number): string {
  return write(ms, durationUnits);
}

/** Bytes as they would be written in the configuration. */
export function sizeText(bytes: number): string {
  return write(bytes, sizeUnits);
}

function parse(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, digits, unit] = /^(\d{1,15})([a-zA-Z]+)$/.exec(text) ?? [];
  const factor = unit !== undefined && Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (digits === undefined || factor === undefined) return undefined;
  const value = Number(digits) * factor;
  return Number.isSafeInteger(value) ? value : undefined;
}

function write(value: number, units: Readonly<Record<string, number>>): string {
  const fitting = Object.entries(units).filter(([, factor]) => value >= factor && value % factor === 0);
  const [unit, factor] = fitting.sort(([, a], [, b]) => b - a)[0] ?? Object.entries(units)[0] ?? ['', 1];
  return `${value / factor}${unit}`;
}
