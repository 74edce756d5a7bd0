import type { Path } from '../file/shape.ts';
import type { Place } from '../file/yaml.ts';

/** Something in a hooks file that will bite: an `error` when it is needed, a `warning` perhaps. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly path: Path;
  /** What, and how to mend it. */
  readonly message: string;
}

/** A finding with its place in the file. */
export interface PlacedFinding {
  readonly severity: Finding['severity'];
  readonly place: Place;
  readonly path: string;
  readonly message: string;
}

export const error = (path: Path, message: string): Finding => ({ severity: 'error', path, message });
export const warning = (path: Path, message: string): Finding => ({ severity: 'warning', path, message });

/** `[0].trigger-rule.match.type` */
export const pathText = (path: Path): string =>
  path.map((step, n) => (typeof step === 'number' ? `[${step}]` : n === 0 ? step : `.${step}`)).join('');
