/** A deliberate difference from the original program. Where a switch is off, the original's behaviour is kept. */
export interface Deviation {
  /** The switch. */
  readonly name: string;
  readonly number: `D${number}`;
  /** What the original does. */
  readonly theirs: string;
  /** What happens instead. */
  readonly ours: string;
  readonly reason: string;
  /** Whether it is on unless somebody asks otherwise. */
  readonly default: boolean;
  /** Who keeps it: this engine, or the server that is built on it. */
  readonly keptBy: 'engine' | 'server';
}

/** Every deliberate difference there is; any other is a mistake. */
export const deviations = [
  {
    name: 'refuseCutBody',
    number: 'D1',
    theirs: 'a body that breaks off still runs the command, with what came',
    ours: 'answered 400; nothing runs',
    reason: 'half a payload is no payload',
    default: true,
    keptBy: 'engine',
  },
  {
    name: 'limitRequests',
    number: 'D2',
    theirs: 'bodies of any size are read, and stalled senders are waited for without end',
    ours: 'a larger body than the limit is answered 413; patterns, headers, bodies and commands have a time limit',
    reason: 'one sender must not take all memory or all connections',
    default: true,
    keptBy: 'engine',
  },
  {
    name: 'signMultipart',
    number: 'D3',
    theirs: 'the signature of a multipart body is that of nothing',
    ours: 'it covers the bytes that came',
    reason: 'else any multipart body passes with the signature of the empty text',
    default: true,
    keptBy: 'engine',
  },
  {
    name: 'wholeIpv6Address',
    number: 'D4',
    theirs: 'an IPv6 address without a prefix length means its /32',
    ours: 'it means that one address',
    reason: '"::1" must not let half a network in',
    default: true,
    keptBy: 'engine',
  },
  {
    name: 'dottedJsonParameters',
    number: 'D5',
    theirs: 'a dotted name in parse-parameters-as-json that exists breaks the request with a 500',
    ours: 'the value at that place is replaced by the object it contains',
    reason: 'it is what the file asks for',
    default: true,
    keptBy: 'engine',
  },
  {
    name: 'singleHook',
    number: 'D6',
    theirs: 'a file that is one object instead of a list is refused',
    ours: 'it is a list of one hook',
    reason: 'examples that are widely copied are written so',
    default: true,
    keptBy: 'engine',
  },
  {
    name: 'jsonEscapes',
    number: 'D7',
    theirs: 'the JSON escapes \\/ and \\ud83d\\ude00 refuse the whole file',
    ours: 'they are read as JSON means them',
    reason: 'every JSON writer may produce them',
    default: true,
    keptBy: 'engine',
  },
  {
    name: 'safeReload',
    number: 'D8',
    theirs: 'files replaced by renaming are not noticed, and a file that is being written counts as empty',
    ours: 'the directory is watched, and new hooks take over when the whole file is good',
    reason: 'most editors replace files by renaming',
    default: true,
    keptBy: 'server',
  },
  {
    name: 'readableNames',
    number: 'D9',
    theirs: 'the environment name HOOK_a.b is all there is, and no shell can read it',
    ours: 'HOOK_a_b is there as well',
    reason: 'the default names are meant for scripts',
    default: true,
    keptBy: 'engine',
  },
  {
    name: 'namedLimits',
    number: 'D10',
    theirs: 'an argument that is too long or holds a NUL fails the start without saying which',
    ours: 'the error names the argument',
    reason: 'it can be mended only by who knows which',
    default: true,
    keptBy: 'engine',
  },
  {
    name: 'inertOutput',
    number: 'D11',
    theirs: "a command's output is shown as whatever it looks like, HTML included",
    ours: 'it also carries nosniff and a sandboxing policy',
    reason: 'who can make the command print HTML could act in the name of its reader',
    default: true,
    keptBy: 'engine',
  },
  {
    name: 'ownEnvironment',
    number: 'D12',
    theirs: "commands see the server's whole environment",
    ours: 'commands see an allowed part of it',
    reason:
      'secrets of the server are none of the command; off, because commands of old files may rely on it',
    default: false,
    keptBy: 'server',
  },
  {
    name: 'signatureStatus',
    number: 'D13',
    theirs: 'a wrong signature is answered 500',
    ours: 'it is answered 401',
    reason: '500 says that the server is broken; off, because senders of old files may rely on it',
    default: false,
    keptBy: 'engine',
  },
  {
    name: 'refuseMissingInNot',
    number: 'D14',
    theirs: '"not" over a value that is missing holds, and the hook runs',
    ours: 'it does not hold',
    reason:
      'leaving a header away must not open a door; off, because old files may rely on it: the check warns',
    default: false,
    keptBy: 'engine',
  },
  {
    name: 'refuseSameId',
    number: 'D15',
    theirs: 'of two hooks with the same id in one file the first answers, and nothing is said',
    ours: 'the file is refused',
    reason: 'the second never runs; off, because it did no harm so far: the check warns',
    default: false,
    keptBy: 'engine',
  },
  {
    name: 'checkFiles',
    number: 'D16',
    theirs: 'a file is looked at only when a request needs it',
    ours: 'what bites in it is told when it is read',
    reason: 'a mistake should not wait for its first victim',
    default: true,
    keptBy: 'server',
  },
  {
    name: 'endCommands',
    number: 'D17',
    theirs: 'a stop leaves commands running and their files lying',
    ours: 'commands are waited for, then ended with all they started, and their files removed',
    reason: 'what was started has to be finished by somebody',
    default: true,
    keptBy: 'server',
  },
  {
    name: 'extraProperties',
    number: 'D18',
    theirs: 'properties and types of a match that it does not know mean nothing',
    ours: 'some of them do: docs/hooks-extras.md',
    reason: 'what the original lacks belongs into the same file, which the original still reads',
    default: true,
    keptBy: 'engine',
  },
] as const;

type Name = (typeof deviations)[number]['name'];
/** The deviations that are on, by name. */
export type Behaviour = ReadonlySet<Name>;

/** How signalbox behaves unless somebody asks otherwise. */
export const ours: Behaviour = new Set(
  deviations.filter((each: Deviation) => each.default).map(({ name }) => name),
);
/** The original's behaviour in everything. */
export const theirs: Behaviour = new Set();
