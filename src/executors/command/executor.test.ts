import { commandHarness, plainIsolation } from '../../../test/support/command-executor.ts';
import { executorSuite } from '../../contracts/executor.suite.ts';
import { startDirectly } from '../../lib/launcher/direct.ts';
import type { Launcher } from '../../lib/launcher/launcher.ts';
import { resolveCommand } from '../../lib/launcher/resolve.ts';

executorSuite('command', commandHarness({ hasPipes: true, isolation: 'none', setsEveryVariable: true }));

/** As on systems where no shell can be kept waiting. */
const plain: Launcher = {
  start: async (command, take) => {
    const resolved = resolveCommand(command);
    return resolved.result === 'refused' ? resolved : startDirectly(resolved.file, command, take);
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
executorSuite(
  'command, started directly',
  commandHarness({ hasPipes: false, isolation: 'none', setsEveryVariable: true }, () => plain),
);

// What a machine does instead that cannot isolate is in isolation.test.ts.
if ((await plainIsolation.tried).result === 'usable')
  executorSuite(
    `command, isolated by ${process.getuid?.() === 0 ? 'root' : 'an ordinary user'}`,
    commandHarness({ hasPipes: true, isolation: 'namespace', setsEveryVariable: false }),
  );
