import { useEffect, useRef, useState } from 'preact/hooks';
import { type Api, mostAtOnce } from '../api.ts';
import { useBox, useFeed } from '../box.ts';
import type { EventSummary, Run, Standing } from '../wire.ts';

/** One event may start hundreds of runs: what is heard within this time is drawn together. */
const gatherMs = 60;
type Standings = ReadonlyMap<string, Standing>;

/** Beyond this the oldest are forgotten: a window may stay open for weeks. */
const mostKnown = 5_000;

/** How the runs of these events stand, by id: asked for once, and then kept by the feed. */
export function useStandings(events: readonly EventSummary[] | null): Standings {
  const { api } = useBox();
  const [known, learn] = useState<Standings>(new Map());
  /** Events are asked about once: one may have more runs than are told of, or remembered, at all. */
  const asked = useRef(new Set<string>()).current;

  const news = useRef<{ readonly heard: Map<string, Standing>; timer: number | undefined }>({
    heard: new Map(),
    timer: undefined,
  }).current;
  useFeed(item => {
    if (item.type !== 'run') return;
    news.heard.set(item.run, item);
    news.timer ??= window.setTimeout(() => {
      const heard = [...news.heard];
      news.heard.clear();
      news.timer = undefined;
      learn(before => bounded(new Map([...before, ...heard])));
    }, gatherMs);
  });
  useEffect(() => () => clearTimeout(news.timer), []);

  useEffect(() => {
    const missing = (events ?? []).filter(
      event => !asked.has(event.id) && runsOf(event).some(run => !known.has(run)),
    );
    if (missing.length === 0) return;
    for (const { id } of missing) asked.add(id);
    void read(api, missing)
      // What the feed has said meanwhile is newer than the answer.
      .then(runs =>
        learn(before => bounded(new Map([...runs.map(run => [run.id, run] as const), ...before]))),
      )
      // The list says that the API does not answer; lamps stay unlit until it is read again.
      .catch(() => {
        for (const { id } of missing) asked.delete(id);
      });
  }, [api, events]);

  return known;
}

/** The latest runs are most likely the ones that are looked for; events whose runs are not among them are asked for one by one. */
async function read(api: Api, events: readonly EventSummary[]): Promise<readonly Run[]> {
  const { items: latest } = await api.runs({ after: null, limit: mostAtOnce }, {});
  const found = new Set(latest.map(run => run.id));
  const others = events.filter(event => runsOf(event).some(run => !found.has(run)));
  const theirs = await Promise.all(others.map(event => api.runsOf(event.id)));
  return [...latest, ...theirs.flat()];
}

function bounded(known: Map<string, Standing>): Standings {
  return known.size <= mostKnown ? known : new Map([...known].slice(-mostKnown));
}

function runsOf(event: EventSummary): readonly string[] {
  return event.verdicts.flatMap(verdict => verdict.runs);
}
