import { startSignalbox } from '../contenders/signalbox.ts';
import { pushTo, signed, startWebhook } from '../contenders/webhook.ts';
import { flood } from '../load/flood.ts';
import { pushParcel } from '../payload.ts';
import { atLeast, atMost, type Row } from '../row.ts';

/** Deliveries that a stranger sends: the work that anyone can cause. */
export const refused: Row = {
  name: 'refused',
  title: 'A push with a bad signature: refused with 401',
  programs: ['webhook', 'wrk'],
  lines: [
    {
      what: 'refused',
      unit: '/s',
      figure: 'perSecond',
      of: 'signalbox',
      against: 'webhook',
      aim: atLeast(2),
    },
    {
      what: 'CPU for each refused',
      unit: 'µs',
      figure: 'cpuMicros',
      of: 'signalbox',
      against: 'webhook',
      aim: atMost(0.5),
    },
  ],
  async open(bench, opened) {
    const parcel = pushParcel(bench.directory, { branch: 'main', signedWith: 'not the secret' });
    const ours = opened.use(
      await startSignalbox(bench.directory, 'rules: [{ name: unit, on: push, branch: main, run: "true" }]'),
    );
    const theirs = opened.use(
      await startWebhook(bench.directory, {
        'trigger-rule': { and: [signed, pushTo('main')] },
        'trigger-rule-mismatch-http-response-code': 401,
      }),
    );
    const expected = 'refusal';
    return {
      signalbox: () => flood(bench, { url: `${ours.publicUrl}/github`, pid: ours.pid, parcel, expected }),
      webhook: () => flood(bench, { url: theirs.url, pid: theirs.pid, parcel, expected }),
    };
  },
};
