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
  /** False: it is how this program is built, and nobody can ask otherwise. */
  readonly isSwitchable: boolean;
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
    isSwitchable: true,
  },
  {
    name: 'limitRequests',
    number: 'D2',
    theirs: 'bodies of any size are read, and stalled senders are waited for without end',
    ours: 'a body larger than -max-body is answered 413, and a pattern that takes too long is an error; connections and commands have a time limit, whatever is switched',
    reason: 'one sender must not take all memory or all connections',
    default: true,
    isSwitchable: true,
  },
  {
    name: 'signMultipart',
    number: 'D3',
    theirs: 'the signature of a multipart body is that of nothing',
    ours: 'it covers the bytes that came',
    reason: 'else any multipart body passes with the signature of the empty text',
    default: true,
    isSwitchable: true,
  },
  {
    name: 'wholeIpv6Address',
    number: 'D4',
    theirs: 'an IPv6 address without a prefix length means its /32',
    ours: 'it means that one address',
    reason: '"::1" must not let half a network in',
    default: true,
    isSwitchable: true,
  },
  {
    name: 'dottedJsonParameters',
    number: 'D5',
    theirs: 'a dotted name in parse-parameters-as-json that exists breaks the request with a 500',
    ours: 'the value at that place is replaced by the object it contains',
    reason: 'it is what the file asks for',
    default: true,
    isSwitchable: true,
  },
  {
    name: 'singleHook',
    number: 'D6',
    theirs: 'a file that is one object instead of a list is refused',
    ours: 'it is a list of one hook',
    reason: 'examples that are widely copied are written so',
    default: true,
    isSwitchable: true,
  },
  {
    name: 'jsonEscapes',
    number: 'D7',
    theirs: 'the JSON escapes \\/ and \\ud83d\\ude00 refuse the whole file',
    ours: 'they are read as JSON means them',
    reason: 'every JSON writer may produce them',
    default: true,
    isSwitchable: true,
  },
  {
    name: 'safeReload',
    number: 'D8',
    theirs: 'files replaced by renaming are not noticed, and a file that is being written counts as empty',
    ours: 'the directory is watched, and new hooks take over when the whole file is good',
    reason: 'most editors replace files by renaming',
    default: true,
    isSwitchable: false,
  },
  {
    name: 'readableNames',
    number: 'D9',
    theirs: 'the environment name HOOK_a.b is all there is, and no shell can read it',
    ours: 'HOOK_a_b is there as well',
    reason: 'the default names are meant for scripts',
    default: true,
    isSwitchable: true,
  },
  {
    name: 'namedLimits',
    number: 'D10',
    theirs: 'an argument that is too long or holds a NUL fails the start without saying which',
    ours: 'the error names the argument',
    reason: 'it can be mended only by who knows which',
    default: true,
    isSwitchable: true,
  },
  {
    name: 'inertOutput',
    number: 'D11',
    theirs: "a command's output is shown as whatever it looks like, HTML included",
    ours: 'it also carries nosniff and a sandboxing policy',
    reason: 'who can make the command print HTML could act in the name of its reader',
    default: true,
    isSwitchable: true,
  },
  {
    name: 'ownEnvironment',
    number: 'D12',
    theirs: "commands see the server's whole environment",
    ours: 'commands see an allowed part of it',
    reason:
      'secrets of the server are none of the command; off, because commands of old files may rely on it',
    default: false,
    isSwitchable: true,
  },
  {
    name: 'signatureStatus',
    number: 'D13',
    theirs: 'a wrong signature is answered 500',
    ours: 'it is answered 401',
    reason: '500 says that the server is broken; off, because senders of old files may rely on it',
    default: false,
    isSwitchable: true,
  },
  {
    name: 'refuseMissingInNot',
    number: 'D14',
    theirs: '"not" over a value that is missing holds, and the hook runs',
    ours: 'it does not hold',
    reason:
      'leaving a header away must not open a door; off, because old files may rely on it: the check warns',
    default: false,
    isSwitchable: true,
  },
  {
    name: 'refuseSameId',
    number: 'D15',
    theirs: 'of two hooks with the same id in one file the first answers, and nothing is said',
    ours: 'the file is refused',
    reason: 'the second never runs; off, because it did no harm so far: the check warns',
    default: false,
    isSwitchable: true,
  },
  {
    name: 'checkFiles',
    number: 'D16',
    theirs: 'a file is looked at only when a request needs it',
    ours: 'what bites in it is told when it is read',
    reason: 'a mistake should not wait for its first victim',
    default: true,
    isSwitchable: true,
  },
  {
    name: 'endCommands',
    number: 'D17',
    theirs: 'a stop leaves commands running and their files lying',
    ours: 'commands are waited for, then ended with all they started, and their files removed',
    reason: 'what was started has to be finished by somebody',
    default: true,
    isSwitchable: false,
  },
  {
    name: 'extraProperties',
    number: 'D18',
    theirs: 'properties and types of a match that it does not know mean nothing',
    ours: 'some of them do: docs/hooks-extras.md',
    reason: 'what the original lacks belongs into the same file, which the original still reads',
    default: true,
    isSwitchable: true,
  },
  {
    name: 'strictHttp',
    number: 'D19',
    theirs:
      'a body with both a length and chunks is taken, and so are unknown methods on a connection that goes on',
    ours: 'such a request is answered 400 by the parser of HTTP',
    reason: 'two programs that read one request in two ways let senders smuggle another one in',
    default: true,
    isSwitchable: false,
  },
  {
    name: 'endBackground',
    number: 'D20',
    theirs: 'what a command leaves in the background goes on',
    ours: 'it ends with the command',
    reason: 'a run that is over should be over; off, because scripts of old files start services that way',
    default: false,
    isSwitchable: true,
  },
  {
    name: 'limitedRuns',
    number: 'D21',
    theirs: 'every request starts its command at once, however many there are',
    ours: 'so many run at a time as -runs says, 4 unless it does; the others are queued, on the disk',
    reason: 'a flood of requests must not take the machine down',
    default: true,
    isSwitchable: false,
  },
  {
    name: 'limitedOutput',
    number: 'D22',
    theirs: 'output of any length is kept in memory and sent',
    ours: 'beyond 100 MB it is dropped, and the log of the run says so',
    reason: 'one command must not fill memory and disk',
    default: true,
    isSwitchable: false,
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
