/** Moments between two steps where a crash could lose something or do it twice. Tests of crashes kill the program there. */
export const faultNames = [
  'after-insert-before-ack',
  'after-ack',
  'after-claim',
  'after-spawn',
  'mid-log',
  'after-exit-before-record',
  'mid-report',
  'mid-migration',
] as const;
/** Those of the server; a backup has one of its own. */
type FaultName = (typeof faultNames)[number] | 'mid-backup';

/** `SIGNALBOX_FAULT=mid-log:3`: this process is to die when it passes `mid-log` for the third time. */
const [wanted = '', passing] = (process.env['SIGNALBOX_FAULT'] ?? '').split(':');
let toPass = Number(passing);

/** Whether this process is to die at one of these points; decided at its start. */
export const isFaultWanted: boolean = wanted !== '';

/** Ends the process as `kill -9` does, there and then, when this is the wanted passing of the wanted point; else nothing. */
export function faultPoint(name: FaultName): void {
  if (name !== wanted) return;
  toPass -= 1;
  if (toPass === 0) process.kill(process.pid, 'SIGKILL');
}
