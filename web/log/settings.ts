import { type Watched, watched } from '../state.ts';

/** How somebody likes to read logs; kept in their browser. */
export interface LogSettings {
  readonly wraps: boolean;
  readonly times: Times;
}
export const timeKinds = ['none', 'clock', 'elapsed'] as const;
export type Times = (typeof timeKinds)[number];

const place = 'signalbox.log';
const usual: LogSettings = { wraps: true, times: 'none' };

export const logSettings: Watched<LogSettings> = watched(stored());

/** Changes some of them, here and for the next time. */
export function prefer(part: Partial<LogSettings>): void {
  const settings = { ...logSettings.get(), ...part };
  logSettings.set(settings);
  try {
    localStorage.setItem(place, JSON.stringify(settings));
  } catch {
    // A browser that keeps nothing has the usual settings the next time.
  }
}

function stored(): LogSettings {
  try {
    const { wraps, times }: Partial<Record<keyof LogSettings, unknown>> = JSON.parse(
      localStorage.getItem(place) ?? '{}',
    );
    return {
      wraps: typeof wraps === 'boolean' ? wraps : usual.wraps,
      times: timeKinds.find(kind => kind === times) ?? usual.times,
    };
  } catch {
    return usual;
  }
}
