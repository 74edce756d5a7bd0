/**
 * Kills the real program again and again while it works, and checks that it keeps its promises.
 *
 *   node scripts/crash.ts [--kills N] [--seed S] [--minutes M]
 */
import { parseArgs } from 'node:util';
import { crashCampaign, figures, troubles } from '../test/crash/campaign.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '10' },
  },
});
const tell = (line: string): void =>
  void process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${line}` : `${line}\n`);

const campaign = await crashCampaign({
  kills: Number(values.kills),
  seed: Number(values.seed),
  mostMs: Number(values.minutes) * 60_000,
  onKill: (kills, by, acknowledged) => tell(`${kills} kills, ${acknowledged} acknowledged, the last: ${by}`),
});
tell('');
for (const [name, figure] of figures(campaign)) process.stdout.write(`${name.padEnd(36)} ${figure}\n`);
const broken = troubles(campaign);
for (const trouble of broken) process.stdout.write(`${trouble}\n`);
process.exitCode = broken.length === 0 ? 0 : 1;
