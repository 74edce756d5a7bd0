import { existsSync } from 'node:fs';
import { temporary } from './hidden.ts';
import type { FoundTools } from './tools.ts';

/** What programs expect, and what tells nothing of this machine and changes nothing on it. */
const harmless = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

const links = [
  ['/proc/self/fd', 'fd'],
  ['/proc/self/fd/0', 'stdin'],
  ['/proc/self/fd/1', 'stdout'],
  ['/proc/self/fd/2', 'stderr'],
  ['pts/ptmx', 'ptmx'],
] as const;

/**
 * Shell commands that make another /dev. A program that has the user's id could otherwise read what he types into his
 * terminals, and whatever else the machine lets him use who sits in front of it: camera, microphone, screen.
 */
export function furnishDevices({ path }: FoundTools): readonly string[] {
  const [mount, mkdir, link] = [path('mount'), path('mkdir'), path('ln')];
  // Put together in a place that gets something else later, because the old ones are still needed.
  const made = temporary;
  const devices = harmless.filter(name => existsSync(`/dev/${name}`));
  return [
    `${mount} -t tmpfs -o mode=755,size=64k,nosuid,noexec none ${made}`,
    ...devices.flatMap(name => [`: >${made}/${name}`, `${mount} --bind /dev/${name} ${made}/${name}`]),
    `${mkdir} ${made}/pts ${made}/shm`,
    `${mount} -t devpts -o newinstance,ptmxmode=0666,mode=600,nosuid,noexec none ${made}/pts`,
    ...links.map(([to, name]) => `${link} -s ${to} ${made}/${name}`),
    `${mount} -n --move ${made} /dev`,
  ];
}
