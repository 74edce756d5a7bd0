import type { Answered } from './face.ts';
import type { HttpRequest } from './message.ts';

/** A line of an access log: `[a1b2c3] 200 | 2 B | 30.5µs | example.org | GET /hooks/x`. */
export function accessLine(request: HttpRequest, { status, bytes, elapsedMs }: Answered): string {
  const { id, method, target } = request;
  const parts = [String(status).padStart(3, '0'), sizeText(bytes), durationText(elapsedMs), hostOf(request)];
  return `[${id}] ${parts.join(' | ')} | ${method} ${target}`;
}

/** Who the sender thinks it talks to: what stands in an absolute target counts more than the header. */
export function hostOf({ target, headers }: Pick<HttpRequest, 'target' | 'headers'>): string {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(target)?.[1];
  return authority ?? headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? '';
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `2 B`, `8.7 KiB`, `12 MiB`: one decimal below ten. */
export function sizeText(bytes: number): string {
  if (bytes < 10) return `${bytes} B`;
  const exponent = Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  const value = Math.floor((bytes / 1024 ** exponent) * 10 + 0.5) / 10;
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${units[exponent] ?? 'B'}`;
}

/** As Go writes a duration: `451ns`, `30.5µs`, `3.03865ms`, `1.5s`, `2m3.5s`. */
export function durationText(ms: number): string {
  const ns = Math.round(ms * 1e6);
  if (ns === 0) return '0s';
  if (ns < 1_000) return `${ns}ns`;
  if (ns < 1_000_000) return `${ns / 1_000}µs`;
  if (ns < 1_000_000_000) return `${ns / 1_000_000}ms`;
  const minutes = Math.floor(ns / 60e9);
  const seconds = `${(ns - minutes * 60e9) / 1e9}s`;
  if (minutes === 0) return seconds;
  return minutes < 60 ? `${minutes}m${seconds}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}
