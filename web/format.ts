import { duration } from '../src/domain/report.ts';

/** How long ago, as calm as it can be said: a page must not flicker every second. */
export function ago(at: string, now: number): string {
  const seconds = (now - Date.parse(at)) / 1000;
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return dayAndTime.format(new Date(at));
}

/** To the second, with the zone, for those who look closer. */
export function exact(at: string): string {
  return toTheSecond.format(new Date(at));
}

/** `12.4 s`, from one time to another. */
export function took(from: string, to: string | number): string {
  return duration(new Date(to).getTime() - Date.parse(from));
}

/** `12.4 s`. */
export const span: (ms: number) => string = duration;

/** `21 Nov, 14:00`. */
export function dayTime(at: string): string {
  return dayAndTime.format(new Date(at));
}

/** The same in one unit, where there is little room: `90 s`, `90 min`. */
export function shortSpan(ms: number): string {
  const minutes = ms / 60_000;
  if (ms % 60_000 !== 0) return ms < 60_000 ? duration(ms) : `${Math.round(ms / 1_000)} s`;
  return minutes % 60 === 0 ? duration(ms) : `${minutes} min`;
}

/** Points in time as the server writes them into its sentences, as they are said here: `since 21 Nov, 14:00`. */
export function withTimes(text: string): string {
  return text.replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, dayTime);
}

/** `1.5 MB`, as sizes are written in the configuration. */
export function bytes(number: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, number)) / 3));
  return `${(number / 1000 ** power).toLocaleString('en', { maximumFractionDigits: 1 })} ${units[power]}`;
}

/** A length of time that somebody has chosen: `30 days`, `90 s`. */
export function period(ms: number): string {
  return ms >= dayMs && ms % dayMs === 0 ? count(ms / dayMs, 'day') : duration(ms);
}

/** `Today`, `Yesterday`, `Wednesday 18 November`. */
export function day(at: string, now: number): string {
  const date = new Date(at);
  const name = date.toDateString();
  if (name === new Date(now).toDateString()) return 'Today';
  if (name === new Date(now - 86_400_000).toDateString()) return 'Yesterday';
  return weekday.format(date);
}

/** Commits are known by their first twelve digits, as in explanations. */
export function short(sha: string): string {
  return sha.slice(0, 12);
}

/** `main` of `refs/heads/main`, `v1` of `refs/tags/v1`, `pull/8` of `refs/pull/8/head`; other refs are named in full. */
export function shortRef(ref: string): string {
  return ref
    .replace(/^refs\/(?:heads|tags)\//, '')
    .replace(/^refs\/((?:pull|merge-requests)\/\d+)\/head$/, '$1');
}

/** `4 %`; what is not nothing is not called so. */
export function percent(share: number): string {
  if (share > 0 && share < 0.005) return '< 1 %';
  return `${Math.round(share * 100)} %`;
}

/** `1 run`, `3 runs`. */
export function count(number: number, one: string, many: string = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

const dayMs = 86_400_000;
const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
const dayAndTime = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const toTheSecond = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' });
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
