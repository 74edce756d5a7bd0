/** Something to be told of a workflow. */
export interface Notice {
  /** The workflow's name among all: what is said of one keeps its order and its distance. */
  readonly lane: string;
  /** The feed item that it comes from. */
  readonly item: number;
  /** It is held back so long after it was added. */
  readonly delayMs: number;
}

/** Notices on their way, each in the lane of its workflow. */
export interface Lanes<Item extends Notice> {
  /** How many are on their way. */
  readonly size: () => number;
  add(notice: Item, now: number): void;
  /** Takes what is due: of each lane one at most. */
  take(now: number): readonly Item[];
  /** When the next is due; null when there is none. */
  nextDue(): number | null;
  /** The oldest feed item of which something is still on its way; null when nothing is. */
  oldest(): number | null;
}

interface Lane<Item> {
  readonly waiting: { readonly notice: Item; dueAt: number }[];
  lastAt: number;
}

/**
 * Two notices of one lane are at least `apartMs` apart when they are taken. What was taken before is not known after a
 * restart: so the first of each lane waits that long from `since` on.
 */
export function createLanes<Item extends Notice>(apartMs: number, since: number): Lanes<Item> {
  const lanes = new Map<string, Lane<Item>>();
  let size = 0;
  let lastTake = since;

  const dueAt = ({ waiting: [head], lastAt }: Lane<Item>): number =>
    head === undefined ? Number.POSITIVE_INFINITY : Math.max(head.dueAt, lastAt + apartMs);

  /** The clock was set back: nothing waits longer for that. */
  function goBack(now: number): void {
    for (const lane of lanes.values()) {
      lane.lastAt = Math.min(lane.lastAt, now);
      for (const each of lane.waiting) each.dueAt = Math.min(each.dueAt, now + each.notice.delayMs);
    }
  }

  return {
    size: () => size,
    add(notice, now) {
      const lane = lanes.get(notice.lane) ?? { waiting: [], lastAt: since };
      lanes.set(notice.lane, lane);
      lane.waiting.push({ notice, dueAt: now + notice.delayMs });
      size++;
    },
    take(now) {
      if (now < lastTake) goBack(now);
      lastTake = now;
      const taken: Item[] = [];
      for (const [name, lane] of lanes) {
        if (lane.waiting.length === 0 && lane.lastAt + apartMs <= now) lanes.delete(name);
        if (dueAt(lane) > now) continue;
        const head = lane.waiting.shift();
        if (head === undefined) continue;
        lane.lastAt = now;
        size--;
        taken.push(head.notice);
      }
      return taken.toSorted((a, b) => a.item - b.item);
    },
    nextDue() {
      const next = Math.min(...[...lanes.values()].map(dueAt));
      return Number.isFinite(next) ? next : null;
    },
    oldest() {
      const items = [...lanes.values()].flatMap(({ waiting: [head] }) =>
        head === undefined ? [] : [head.notice.item],
      );
      return items.length === 0 ? null : Math.min(...items);
    },
  };
}
