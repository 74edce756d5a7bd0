import { createSystemClock } from '../../clock/system.ts';
import { providerSuite } from '../../contracts/provider.suite.ts';
import { createFakeProvider } from './provider.ts';

providerSuite('fake', async () => ({
  provider: createFakeProvider({ clock: createSystemClock() }),
  settings: {},
  builds: null,
  loseNextAnswer: null,
  play: async () => undefined,
  isEnded: null,
  [Symbol.asyncDispose]: () => Promise.resolve(),
}));
