import type { Report } from '../domain/report.ts';

export type Reported =
  | { readonly result: 'sent' }
  /** May work later; `afterMs` when the other side named a time. */
  | { readonly result: 'retry'; readonly error: string; readonly afterMs: number | null }
  /** Will not work without somebody changing something. */
  | { readonly result: 'refused'; readonly error: string };

/** Tells the outside how a run stands. May be called again with the same report; the last state wins. */
export interface Reporter {
  readonly name: string;
  /** Never throws: what went wrong is the result. */
  report(report: Report, signal: AbortSignal): Promise<Reported>;
}
