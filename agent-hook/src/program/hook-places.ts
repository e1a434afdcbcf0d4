import { homedir } from 'node:os';
import { join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the hook's settings are, of the person whose editor runs it. */
export function settingsFile(env: Environment): string {
  const { SLUICE_HOOK_CONFIG: named, XDG_CONFIG_HOME: config, APPDATA: roaming } = env;
  return named ?? join(config ?? roaming ?? join(homeOf(env), '.config'), 'sluice', 'hook.json');
}

/** Where attempts are kept until the relay has them. */
export function spoolFolder(env: Environment): string {
  const { SLUICE_HOOK_SPOOL: named, XDG_STATE_HOME: state, LOCALAPPDATA: local } = env;
  return named ?? join(state ?? local ?? join(homeOf(env), '.local', 'state'), 'sluice', 'attempts');
}

export function homeOf({ HOME: home, USERPROFILE: profile }: Environment): string {
  return home ?? profile ?? homedir();
}
