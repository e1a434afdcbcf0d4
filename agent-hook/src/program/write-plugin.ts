import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupProblem } from './setup-problem.ts';

/**
 * Copies the agent plugin into a new folder, for this relay: the format allows for no variable in a server's address.
 * @param source the folder of this package's plugin. @throws SetupProblem if the folder holds something, or agents may not be sent to such an address.
 */
export function writePlugin(source: string, folder: string, url: string): readonly string[] {
  const relay = URL.parse(url);
  if (
    relay === null ||
    !(relay.protocol === 'https:' || (relay.protocol === 'http:' && LOOPBACK.test(relay.hostname)))
  ) {
    throw new SetupProblem(`agents cannot be sent to \`${url}\``, {
      advice: 'give an https address; http is for the loopback interface alone',
    });
  }
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new SetupProblem(`\`${folder}\` is not empty`, { advice: 'name a new folder' });
  }
  cpSync(source, folder, { recursive: true });
  const path = join(folder, 'mcp.json');
  const servers = JSON.parse(readFileSync(path, 'utf8')) as { mcpServers: { sluice: { url: string } } };
  servers.mcpServers.sluice.url = new URL('./mcp', relay.href.endsWith('/') ? relay : `${relay.href}/`).href;
  writeFileSync(path, `${JSON.stringify(servers, null, 2)}\n`);
  return [`wrote ${folder}`, 'In VS Code, name it in the setting `chat.pluginLocations`.'];
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
