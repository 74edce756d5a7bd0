import { type Api, ApiError, address } from '../api.ts';
import { type Watched, watched } from '../state.ts';
import { openStream } from '../stream.ts';
import type { LogLine } from '../wire.ts';
import { createLineCache } from './line-cache.ts';
import { createLineLoader } from './line-loader.ts';

export interface LogState {
  /** The last line known to exist; 0 when there is none. */
  readonly newest: number;
  /** The run is over: no line follows. */
  readonly ended: boolean;
  /** Why lines could not be read; null when all is well. */
  readonly error: string | null;
  /** Grows when lines have come. */
  readonly changes: number;
}

/** Reads the log of one run: its end as it grows, and the rest as it is looked at. */
export interface LogReader {
  readonly state: Watched<LogState>;
  /** Listens to the log's end. Returns what ends it. */
  start(): () => void;
  /** A line, if it is here. */
  line(number: number): LogLine | undefined;
  /** Has lines come that are not here; they are in order. */
  readonly want: (wanted: readonly number[]) => void;
}

/** Lines are gathered for this long before they are drawn. */
const gatherMs = 60;
/** Drawing takes time too: when this many came at once, the next are gathered for longer. */
const floodLines = 2_000;
const floodMs = 400;
/** Lines before the end that come with it. */
const lastLines = 500;

/** `lines`: how many the log has, as far as it is known. */
export function createLogReader(api: Pick<Api, 'log' | 'run'>, run: string, lines: number): LogReader {
  const state = watched<LogState>({ newest: lines, ended: false, error: null, changes: 0 });
  const cache = createLineCache();
  const change = (part: Partial<LogState>): void => state.set({ ...state.get(), ...part });

  const take = (arrived: readonly LogLine[]): void => {
    cache.put(arrived);
    const { newest, changes } = state.get();
    change({ newest: Math.max(newest, arrived.at(-1)?.seq ?? 0), changes: changes + 1, error: null });
  };

  const want = createLineLoader(cache, {
    read: (after, most) => api.log(run, after, most),
    arrived: take,
    failed: error => change({ error: ApiError.from(error).message }),
  });

  return {
    state,
    line: cache.get,
    want,
    start() {
      let gathered: LogLine[] = [];
      let waitMs = gatherMs;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const draw = (): void => {
        clearTimeout(timer);
        timer = undefined;
        const arrived = gathered;
        gathered = [];
        waitMs = arrived.length < floodLines ? gatherMs : floodMs;
        if (arrived.length > 0) take(arrived);
      };
      const close = openStream({
        address: cursor => address.logStream(run, cursor ?? Math.max(0, lines - lastLines)),
        opened: () => change({ error: null }),
        message(data) {
          gathered.push(JSON.parse(data));
          timer ??= setTimeout(draw, waitMs);
        },
        ended() {
          draw();
          change({ ended: true });
        },
        interrupted: () => undefined,
        refused: () => void api.run(run).catch(error => change({ error: ApiError.from(error).message })),
      });
      return () => {
        clearTimeout(timer);
        close();
      };
    },
  };
}
