import { useCallback, useEffect, useState } from 'preact/hooks';
import { type Api, mostAtOnce } from '../api.ts';
import { useBox, useFeed } from '../box.ts';
import type { EventSummary, FeedItem, Run, Standing } from '../wire.ts';

type Standings = ReadonlyMap<string, Standing>;

/** Beyond this only what is listed is kept: a window may stay open for weeks. */
const mostKnown = 2_000;

/** How the runs of these events stand, by id: asked for once, and then kept by the feed. */
export function useStandings(events: readonly EventSummary[] | null): Standings {
  const { api } = useBox();
  const [known, learn] = useState<Standings>(new Map());

  const onItem = useCallback((item: FeedItem) => {
    if (item.type === 'run') learn(before => new Map(before).set(item.run, item));
  }, []);
  useFeed(onItem, nothing);

  useEffect(() => {
    const missing = (events ?? []).filter(event => runsOf(event).some(run => !known.has(run)));
    if (missing.length === 0) return;
    void read(api, missing)
      .then(runs => learn(before => add(before, runs, events ?? [])))
      // The list says that the API does not answer; lamps stay unlit.
      .catch(() => undefined);
  }, [api, events]);

  return known;
}

/** The latest runs are most likely the ones that are looked for; events whose runs are not among them are asked for one by one. */
async function read(api: Api, events: readonly EventSummary[]): Promise<readonly Run[]> {
  const { items: latest } = await api.runs({ after: null, limit: mostAtOnce });
  const found = new Set(latest.map(run => run.id));
  const others = events.filter(event => runsOf(event).some(run => !found.has(run)));
  const theirs = await Promise.all(others.map(event => api.runsOf(event.id)));
  return [...latest, ...theirs.flat()];
}

/** What the feed said is newer than any answer that was asked for before. */
function add(known: Standings, runs: readonly Run[], events: readonly EventSummary[]): Standings {
  const all = new Map<string, Standing>([...runs.map(run => [run.id, run] as const), ...known]);
  if (all.size <= mostKnown) return all;
  const listed = new Set(events.flatMap(runsOf));
  return new Map([...all].filter(([id]) => listed.has(id)));
}

function runsOf(event: EventSummary): readonly string[] {
  return event.verdicts.flatMap(verdict => verdict.runs);
}

const nothing = (): void => undefined;
