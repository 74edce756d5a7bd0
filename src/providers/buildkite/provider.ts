import type { ZodType } from 'zod';
import type { Clock } from '../../contracts/clock.ts';
import type { Build, BuildNow, BuildOrder, Provider } from '../../contracts/provider.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { createBody, runKey } from './create-body.ts';
import type { Ears } from './ears.ts';
import { type Answer, createExchange, type Question, refusal } from './exchange.ts';
import { readLog } from './job-log.ts';
import type { BuildkiteOptions } from './options.ts';
import { createPace } from './pace.ts';
import { type BuildSettings, readSettings } from './settings.ts';
import { buildNow, knownStates } from './state.ts';
import { type WireBuild, wireBuild, wireBuilds } from './wire.ts';

export interface BuildkiteNeeds {
  readonly clock: Clock;
  readonly ears: Ears;
  /** Whether a glob matches the whole text. */
  readonly glob: (pattern: string, text: string) => boolean;
  /** Notes what somebody has to look at. */
  readonly trouble: (error: unknown) => void;
}

/** A build with a thousand jobs and the environment of each. */
const mostJsonBytes = 32 * 1024 * 1024;
/** Of the requests that may be made in a minute, looks at builds take twenty: with many builds, each is looked at less often. */
const perBuildMs = 3_000;
/** A build whose answer was lost is looked for so often, over some seconds, before another one is made, or none is ended. */
const looksForLost = 3;
/** What cannot be read is asked for again so often: it may be a proxy's, and the build goes on. */
const looksForUnreadable = 3;
/** A build of which webhooks tell is looked at so much less often. */
const heardFactor = 4;

type Answered = Extract<Answer, { result: 'answered' }>;

/** Buildkite: a build of a pipeline for each run, found again by what the build says of itself. */
export function createBuildkiteProvider(needs: BuildkiteNeeds, options: BuildkiteOptions): Provider {
  const { clock, ears } = needs;
  const exchange = createExchange({ ...options, clock, pace: createPace(clock) });
  const noted = (line: string): void => needs.trouble(new SignalboxError('unavailable', line));
  const strangeStates = new Set<string>();

  const settingsOf = (order: BuildOrder): BuildSettings => readSettings(options, needs.glob, order);

  /** Insists on an answer that can be read, for a while. */
  async function readable<Wire>(
    question: Question,
    schema: ZodType<Wire>,
    refused: (answer: Answered) => SignalboxError,
    say: (line: string) => void,
    signal: AbortSignal,
  ): Promise<Wire> {
    for (let n = 1; ; n += 1) {
      const answer = await exchange.insist(question, say, signal);
      if (answer.status !== 200) throw refused(answer);
      try {
        return parsed(answer, schema);
      } catch (error) {
        if (n === looksForUnreadable) throw error;
      }
      await exchange.rest(n - 1, signal);
    }
  }

  /** The build that was made for the order, however often it was rebuilt by hand since. */
  async function find(
    order: BuildOrder,
    settings: BuildSettings,
    say: (line: string) => void,
    signal: AbortSignal,
  ): Promise<Build | null> {
    const query = `meta_data[${encodeURIComponent(runKey)}]=${encodeURIComponent(order.run)}&per_page=100`;
    const path = `${buildsOf(settings)}?${query}`;
    const refused = (answer: Answered) => refusalOf(answer, settings, 'looking for a build');
    const found = await readable(get('act', path), wireBuilds, refused, say, signal);
    const builds = found
      .filter(({ metaData, isRebuilt }) => metaData[runKey] === order.run && !isRebuilt)
      // Anybody who may start builds there may claim to be this one; of the commit they know before it runs, nobody.
      .filter(({ commit }) => order.sha === null || commit === order.sha)
      .toSorted((a, b) => a.number - b.number);
    const [first] = builds;
    return first === undefined ? null : buildOf(settings, first);
  }

  /** The same, of one that may be coming to be. */
  async function findLate(...asked: Parameters<typeof find>): Promise<Build | null> {
    const [, , , signal] = asked;
    for (let n = 1; ; n += 1) {
      const found = await find(...asked);
      if (found !== null || n === looksForLost) return found;
      await exchange.rest(n - 1, signal);
    }
  }

  async function make(
    order: BuildOrder,
    settings: BuildSettings,
    signal: AbortSignal,
  ): Promise<Build | Extract<Answer, { result: 'unknown' }>> {
    const question: Question = {
      purpose: 'act',
      method: 'POST',
      path: buildsOf(settings),
      body: JSON.stringify(createBody(order, settings)),
      mostBytes: mostJsonBytes,
    };
    const answer = await exchange.ask(question, signal);
    if (answer.result === 'unknown') return answer;
    if (answer.status !== 201) throw refusalOf(answer, settings, 'a new build');
    return buildOf(settings, parsed(answer, wireBuild));
  }

  async function look(build: Build, signal: AbortSignal): Promise<WireBuild> {
    const path = `${pathOf(build)}?include_retried_jobs=true&exclude_pipeline=true`;
    const refused = (answer: Answered) => refusal(answer, `the build ${build.url ?? build.id}`);
    return readable(get('look', path), wireBuild, refused, noted, signal);
  }

  async function* observe(build: Build, signal: AbortSignal): AsyncGenerator<BuildNow> {
    using ear = ears.listen();
    for (let last = ''; ; ) {
      ear.looks();
      const wire = await look(build, signal);
      ear.sees(wire.id, wire.state);
      if (!knownStates.has(wire.state) && !strangeStates.has(wire.state)) {
        strangeStates.add(wire.state);
        needs.trouble(
          new SignalboxError(
            'internal',
            `Buildkite's build state ${JSON.stringify(wire.state.slice(0, 40))} is not known here`,
          ),
        );
      }
      const now = buildNow(wire);
      const text = JSON.stringify(now);
      if (text !== last) yield now;
      if (now.ending !== null) return;
      last = text;
      const usualMs = options.pollMs * (ear.hasHeard ? heardFactor : 1);
      await ear.wait(Math.max(usualMs, (ears.listening - 1) * perBuildMs), signal);
    }
  }

  return {
    name: 'buildkite',
    mostBuilds: options.mostBuilds,
    start: async (order, isFirst, say, signal) => {
      const settings = settingsOf(order);
      const before = isFirst ? null : await find(order, settings, say, signal);
      if (before !== null) return before;
      for (;;) {
        const made = await make(order, settings, signal);
        if (!('result' in made)) return made;
        say(`${made.reason}: looking whether there is a build all the same`);
        for (let n = 0; n < looksForLost; n += 1) {
          await exchange.rest(n, signal);
          const found = await find(order, settings, say, signal);
          if (found !== null) return found;
        }
      }
    },
    observe,
    logs: (build, job, known, mostBytes, signal) =>
      readLog(exchange, `${pathOf(build)}/jobs/${job.id}/log`, known, mostBytes, signal),
    cancel: async (order, build, signal) => {
      const its = build ?? (await findLate(order, settingsOf(order), noted, signal));
      if (its === null) return;
      const question = { ...get('act', `${pathOf(its)}/cancel`), method: 'PUT' } as const;
      for (let tries = 0; ; tries += 1) {
        const answer = await exchange.insist(question, noted, signal);
        if (answer.status === 200) return;
        if (answer.status !== 422) throw refusal(answer, 'the end of a build');
        // It is over, or ends already; or it is in a state that has no end yet.
        const wire = await look(its, signal);
        if (wire.state === 'canceling' || buildNow(wire).ending !== null) return;
        if (wire.blocked || wire.state === 'blocked')
          throw new SignalboxError('conflict', 'it is blocked, and Buildkite ends no build that is blocked');
        await exchange.rest(tries, signal);
      }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

const get = (purpose: Question['purpose'], path: string): Question => ({
  purpose,
  method: 'GET',
  path,
  mostBytes: mostJsonBytes,
});

const buildsOf = ({ organization, pipeline }: Pick<BuildSettings, 'organization' | 'pipeline'>): string =>
  `/organizations/${organization}/pipelines/${pipeline}/builds`;

const buildOf = ({ organization, pipeline }: BuildSettings, { number, url }: WireBuild): Build => ({
  id: `${organization}/${pipeline}/${number}`,
  url,
});

function pathOf({ id }: Build): string {
  const [organization = '', pipeline = '', number = ''] = id.split('/');
  return `${buildsOf({ organization, pipeline })}/${number}`;
}

function refusalOf(
  answer: Answered,
  { organization, pipeline }: BuildSettings,
  doing: string,
): SignalboxError {
  if (answer.status === 404)
    return new SignalboxError('not_found', `no such Buildkite pipeline ${organization}/${pipeline}`);
  return refusal(answer, `${doing} of ${organization}/${pipeline}`);
}

function parsed<Wire>({ body, isCut }: Answered, schema: ZodType<Wire>): Wire {
  try {
    if (isCut) throw new Error(`it is longer than ${mostJsonBytes} bytes`);
    return schema.parse(JSON.parse(Buffer.from(body).toString('utf8')));
  } catch (cause) {
    throw new SignalboxError(
      'invalid',
      'an answer of Buildkite is not what its API is known to give: check providers.buildkite.api',
      { cause },
    );
  }
}
