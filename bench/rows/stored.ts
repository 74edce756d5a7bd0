import { startSignalbox } from '../contenders/signalbox.ts';
import { pushTo, signed, startWebhook } from '../contenders/webhook.ts';
import { flood } from '../load/flood.ts';
import { pushParcel, secret } from '../payload.ts';
import { atLeast, atMost, type Row } from '../row.ts';

/** Deliveries that start nothing. Here each is on the disk before the answer; the peer stores nothing. */
export const stored: Row = {
  name: 'stored',
  title:
    'A signed push that no rule matches: stored, synced, answered 202 (webhook: forgotten, answered 200)',
  programs: ['webhook', 'wrk'],
  lines: [
    {
      what: 'taken',
      unit: '/s',
      figure: 'perSecond',
      of: 'signalbox',
      against: 'webhook',
      aim: atLeast(1.5),
    },
    {
      what: 'CPU for each taken',
      unit: 'µs',
      figure: 'cpuMicros',
      of: 'signalbox',
      against: 'webhook',
      aim: atMost(1),
    },
  ],
  async open(bench, opened) {
    const parcel = pushParcel(bench.directory, { branch: 'topic', signedWith: secret });
    const ours = opened.use(
      await startSignalbox(bench.directory, 'rules: [{ name: unit, on: push, branch: main, run: "true" }]'),
    );
    const theirs = opened.use(
      await startWebhook(bench.directory, { 'trigger-rule': { and: [signed, pushTo('main')] } }),
    );
    const expected = 'success';
    return {
      signalbox: () => flood(bench, { url: `${ours.publicUrl}/github`, pid: ours.pid, parcel, expected }),
      webhook: () => flood(bench, { url: theirs.url, pid: theirs.pid, parcel, expected }),
    };
  },
};
