import type { Row } from './row.ts';
import { accepted } from './rows/accepted.ts';
import { answered } from './rows/answered.ts';
import { captured } from './rows/captured.ts';
import { flat } from './rows/flat.ts';
import { hooked } from './rows/hooked.ts';
import { idle } from './rows/idle.ts';
import { latency } from './rows/latency.ts';
import { log } from './rows/log.ts';
import { refused } from './rows/refused.ts';
import { scale } from './rows/scale.ts';
import { spawn } from './rows/spawn.ts';
import { stored } from './rows/stored.ts';
import { window } from './rows/window.ts';

/** In the order of the table. */
export const rows: readonly Row[] = [
  refused,
  stored,
  answered,
  accepted,
  captured,
  hooked,
  latency,
  spawn,
  log,
  flat,
  idle,
  scale,
  window,
];
