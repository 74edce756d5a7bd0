import { argument, type Directory, dag, type File, func, object, type Service } from '@dagger.io/dagger';

const port = 8080;

/** signalbox as a service: takes events from forges and callers, runs what its rules say. */
@object()
export class Signalbox {
  /**
   * Serves the public door on port 8080. State is kept in a cache volume.
   *
   * @param source what is built by its Dockerfile: the repository that this module lies in
   * @param hooks a hooks file; without one, nothing but /healthz answers
   * @param async every request of a hook is answered 202 at once, whatever the hooks file says
   * @param cli Dagger's command line for Linux, for hooks that call it; it finds the engine that runs this service
   */
  @func()
  serve(
    @argument({
      defaultPath: '/',
      ignore: ['**/node_modules', '.git', 'coverage', 'data', 'dist', 'packaging'],
    })
    source: Directory,
    hooks?: File,
    async = false,
    cli?: File,
  ): Service {
    let container = source
      .dockerBuild()
      .withMountedCache('/data', dag.cacheVolume('signalbox-data'), { owner: 'node' })
      .withExposedPort(port);
    if (hooks !== undefined) container = container.withFile('/etc/signalbox/hooks.json', hooks);
    if (cli !== undefined)
      container = container.withFile('/usr/local/bin/dagger', cli, { permissions: 0o755 });
    const flags = [
      ...(hooks === undefined ? [] : ['--hooks', '/etc/signalbox/hooks.json']),
      ...(async ? ['--async'] : []),
    ];
    return container.asService({
      args: ['serve', '--data', '/data', '--port', String(port), ...flags],
      useEntrypoint: true,
      experimentalPrivilegedNesting: true,
    });
  }
}
