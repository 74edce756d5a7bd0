import { useState } from 'preact/hooks';

/** Whether a log moves along with its end. */
export interface Follow {
  readonly following: boolean;
  /** Lines that have come since somebody scrolled up. */
  readonly unread: number;
  readonly pause: () => void;
  readonly resume: () => void;
}

export function useFollow(newest: number, begins: boolean): Follow {
  const [pausedAt, pauseAt] = useState<number | null>(begins ? null : newest);
  return {
    following: pausedAt === null,
    unread: pausedAt === null ? 0 : newest - pausedAt,
    pause: () => pauseAt(before => before ?? newest),
    resume: () => pauseAt(null),
  };
}
