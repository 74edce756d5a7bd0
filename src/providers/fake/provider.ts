import type { Clock } from '../../contracts/clock.ts';
import type { Build, BuildJob, BuildNow, Provider } from '../../contracts/provider.ts';

/** What each build of it consists of. */
const scenes = [
  { name: 'checkout', command: 'git checkout', printed: 'HEAD is now at the commit\n' },
  { name: 'build', command: 'make', printed: 'compiling\n\x1b[32mbuilt\x1b[0m\n' },
  { name: 'test', command: 'make test', printed: '3 tests, all good\n' },
] as const;

/** Long enough to be watched, short enough to be waited for. */
const sceneMs = 50;

/** Plays a short build that succeeds, whatever it is to build: for trying out all that is around one. */
export function createFakeProvider({ clock }: { readonly clock: Clock }): Provider {
  return {
    name: 'fake',
    mostBuilds: 100,
    start: order => Promise.resolve({ id: order.run, url: null }),
    observe: (_build, signal) => play(clock, signal),
    logs: (_build: Build, job: BuildJob, known, mostBytes) => {
      const printed = Buffer.from(scenes.find(({ name }) => name === job.name)?.printed ?? '');
      return Promise.resolve({ result: 'more', bytes: printed.subarray(known.bytes, mostBytes) });
    },
    cancel: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function* play(clock: Clock, signal: AbortSignal): AsyncGenerator<BuildNow> {
  for (let running = 0; running <= scenes.length; running += 1) {
    yield {
      jobs: scenes.map((scene, n) => jobOf(scene, n, running)),
      waitsFor: null,
      ending: running < scenes.length ? null : { outcome: 'success', exitCode: 0, reason: null },
    };
    if (running < scenes.length) await clock.sleep(sceneMs, signal);
  }
}

function jobOf({ name, command }: (typeof scenes)[number], n: number, running: number): BuildJob {
  const state = n < running ? 'over' : n === running ? 'running' : 'waiting';
  return { id: name, name, command, state, hasLog: true, remark: null, startedAt: n > running ? null : n };
}
