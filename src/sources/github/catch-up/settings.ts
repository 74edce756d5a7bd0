import type { Store } from '../../../contracts/store.ts';

/** What is in force about catching up. */
export interface CatchUpSettings {
  readonly token: string;
  /** Base of GitHub's API, without a slash at the end. */
  readonly api: string;
  readonly everyMs: number;
  /** Where GitHub sends deliveries that are meant for this server; null: nobody has said. */
  readonly hookUrl: string | null;
  /** Null: those that events have come from, and those that rules name. */
  readonly repositories: readonly string[] | null;
  /** What rules say of repositories, as far as it may be the name of one. */
  readonly ruledRepositories: readonly string[];
  readonly organizations: readonly string[];
  /** A larger payload is not fetched. */
  readonly mostBytes: number;
}

/** Whose webhooks are asked. */
export interface Place {
  /** `/repos/acme/app` or `/orgs/acme`. */
  readonly path: string;
  /** False for what rules alone name: it may well be at another forge. */
  readonly isExpected: boolean;
}

/** At one request each in five minutes, more would use up what GitHub grants. */
const mostRepositories = 400;

export async function placesOf(
  store: Pick<Store, 'repos'>,
  { repositories, ruledRepositories, organizations }: CatchUpSettings,
): Promise<readonly Place[]> {
  const expected = repositories ?? (await store.repos('github', mostRepositories));
  const ruled = repositories === null ? ruledRepositories.filter(name => !expected.includes(name)) : [];
  const repoPaths = (names: readonly string[]) => names.filter(isName).map(name => `/repos/${name}`);
  return [
    ...[...organizations.map(name => `/orgs/${name}`), ...repoPaths(expected)].map(path => ({
      path,
      isExpected: true,
    })),
    ...repoPaths(ruled).map(path => ({ path, isExpected: false })),
  ];
}

/** `owner/name`, neither of which leads elsewhere in a path. */
const isName = (name: string): boolean => /^(?!\.+\/)[\w.-]+\/(?!\.+$)[\w.-]+$/.test(name);
