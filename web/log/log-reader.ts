import { type Api, ApiError, address } from '../api.ts';
import { type Watched, watched } from '../state.ts';
import { openStream } from '../stream.ts';
import type { LogLine } from '../wire.ts';
import { append, emptyWindow, jump, type LogWindow, mostLines, prepend } from './log-window.ts';

export interface LogState {
  readonly window: LogWindow;
  /** Whether the window moves along with the log's end. */
  readonly following: boolean;
  /** The last line that had come when the reader stopped following; null when it never followed. */
  readonly pausedAt: number | null;
  /** The run is over: no line follows. */
  readonly ended: boolean;
  /** Why lines could not be read; null when all is well. */
  readonly error: string | null;
}

/** Reads the log of one run into a window that people move. */
export interface LogReader {
  readonly state: Watched<LogState>;
  /** Begins at the end of the log, or around a line. Returns what ends it. */
  start(line: number | null): () => void;
  /** Goes to the end, and on with it. */
  follow(): Promise<void>;
  pause(): void;
  earlier(): Promise<void>;
  later(): Promise<void>;
  /** Moves to a line, unless the window shows it already. */
  show(line: number): Promise<void>;
}

/** Lines are gathered for this long before they are drawn. */
const gatherMs = 60;
/** Drawing takes time too: when this many came at once, the next are gathered for longer. */
const floodLines = 500;
const floodMs = 600;
/** What "earlier" and "later" bring. */
const stepLines = 1_000;
/** Lines above and below one that was asked for. */
const contextLines = 500;

export function createLogReader(api: Pick<Api, 'log' | 'run'>, run: string): LogReader {
  const state = watched<LogState>({
    window: emptyWindow,
    following: true,
    pausedAt: null,
    ended: false,
    error: null,
  });
  const change = (part: Partial<LogState>): void => state.set({ ...state.get(), error: null, ...part });
  const move = (to: (window: LogWindow) => LogWindow): void => change({ window: to(state.get().window) });
  const last = (): number => state.get().window.lines.at(-1)?.seq ?? 0;

  /** Reads lines for a move; a failure is shown and moves nothing. */
  const read = async (after: number, most: number): Promise<readonly LogLine[] | undefined> => {
    try {
      return await api.log(run, Math.max(0, after), most);
    } catch (error) {
      change({ error: ApiError.from(error).message });
      return undefined;
    }
  };

  const pause = (): void => {
    const { following, window } = state.get();
    if (following) change({ following: false, pausedAt: window.newest === 0 ? null : window.newest });
  };

  const show = async (line: number): Promise<void> => {
    pause();
    if (state.get().window.lines.some(({ seq }) => seq === line)) return;
    const lines = await read(line - contextLines, 2 * contextLines);
    // Nothing there: the log does not reach so far.
    if (lines !== undefined && lines.length > 0) move(window => jump(window, lines));
  };

  const stream = (after: number): (() => void) => {
    let gathered: LogLine[] = [];
    let waitMs = gatherMs;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const draw = (): void => {
      clearTimeout(timer);
      timer = undefined;
      const lines = gathered;
      gathered = [];
      waitMs = lines.length < floodLines ? gatherMs : floodMs;
      move(window => append(window, lines, state.get().following));
    };
    const close = openStream({
      address: cursor => address.logStream(run, cursor ?? after),
      opened: () => change({}),
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
  };

  return {
    state,
    start(line) {
      let stop: (() => void) | undefined;
      let stopped = false;
      const begin = async (): Promise<void> => {
        if (line !== null) await show(line);
        if (!stopped) stop = stream(last());
      };
      void begin();
      return () => {
        stopped = true;
        stop?.();
      };
    },
    async follow() {
      const { window } = state.get();
      if (last() < window.newest) {
        const lines = await read(window.newest - mostLines, mostLines);
        if (lines === undefined) return;
        move(window => jump(window, lines));
      }
      // Lines that came meanwhile stand beyond the window: one more step.
      while (last() < state.get().window.newest) {
        const lines = await read(last(), stepLines);
        if (lines === undefined || lines.length === 0) return;
        move(window => append(window, lines, true));
      }
      change({ following: true });
    },
    pause,
    async earlier() {
      const first = state.get().window.lines[0]?.seq ?? 1;
      const count = Math.min(stepLines, first - 1);
      pause();
      const lines = await read(first - 1 - count, count);
      if (lines !== undefined) move(window => prepend(window, lines));
    },
    async later() {
      const lines = await read(last(), stepLines);
      if (lines !== undefined) move(window => append(window, lines, true));
    },
    show,
  };
}
