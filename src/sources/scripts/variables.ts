/** What makes loaders, shells and interpreters run or load something else than the script. In capitals. */
const hooks: ReadonlySet<string> = new Set(
  `PATH HOME IFS ENV BASH_ENV SHELLOPTS BASHOPTS PS4 PROMPT_COMMAND CDPATH ZDOTDIR FPATH GLIBC_TUNABLES GCONV_PATH LOCPATH
  NODE_OPTIONS NODE_PATH NODE_REPL_EXTERNAL_MODULE NODE_EXTRA_CA_CERTS NODE_TLS_REJECT_UNAUTHORIZED BUN_OPTIONS
  PYTHONPATH PYTHONSTARTUP PYTHONHOME PYTHONINSPECT PYTHONUSERBASE PYTHONEXECUTABLE PYTHONPLATLIBDIR
  PYTHONPYCACHEPREFIX PYTHONBREAKPOINT PYTHONWARNINGS
  PERL5OPT PERL5LIB PERLLIB PERL5DB RUBYOPT RUBYLIB GEM_HOME GEM_PATH BUNDLE_GEMFILE PHPRC PHP_INI_SCAN_DIR
  JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS CLASSPATH R_PROFILE R_PROFILE_USER R_ENVIRON R_ENVIRON_USER
  EDITOR VISUAL PAGER BROWSER SSH_ASKPASS OPENSSL_CONF OPENSSL_MODULES OPENSSL_ENGINES
  HTTP_PROXY HTTPS_PROXY ALL_PROXY FTP_PROXY NO_PROXY CI`.split(/\s+/),
);
const families = /^(?:LD_|DYLD_|BASH_FUNC_|LUA_(?:INIT|PATH|CPATH)|GIT_|NPM_CONFIG_|SIGNALBOX)/;

export type Variables =
  | { readonly result: 'read'; readonly env: Readonly<Record<string, string>> }
  /** NUL bytes cannot be handed to any program. */
  | { readonly result: 'impossible' }
  | { readonly result: 'refused'; readonly name: string };

/** Reads `NAME=value` texts, of which the last counts; what has no name or no `=` can be read by no program, and is left out. */
export function readVariables(texts: readonly string[]): Variables {
  if (texts.some(text => text.includes('\0'))) return { result: 'impossible' };
  const env = new Map<string, string>();
  for (const text of texts) {
    const [, name = '', value = ''] = /^([^=]+)=([^]*)$/.exec(text) ?? [];
    if (name === '') continue;
    const known = name.toUpperCase();
    if (hooks.has(known) || families.test(known)) return { result: 'refused', name };
    env.set(name, value);
  }
  return { result: 'read', env: Object.fromEntries(env) };
}
