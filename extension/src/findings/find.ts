import {
  driverNamedIn,
  isCredentialFile,
  isSecretValue,
  namedSecretsIn,
  teaches,
} from '@sluice/agent-hook/recognisers';
import type { Finding, Known, LookedAt } from './finding.ts';
import type { Range } from './range.ts';
import { type Form, formOf } from './form.ts';
import { addressesIn } from './judge/addresses.ts';
import { type FileTraits, judgeBlock, OTHERS } from './judge/judge-block.ts';
import { wayOfHost } from './judge/hosts.ts';
import { keyIn } from './judge/keys.ts';
import { blocksOf, ofRole } from './judge/roles.ts';
import { serverOfTable, serversIn } from './judge/servers.ts';
import { userPasswordsIn } from './judge/statements.ts';
import type { Block, Group, Setting } from './read/block.ts';
import { readBrackets } from './read/brackets.ts';
import { readLines } from './read/lines.ts';
import { readNotebook } from './read/notebook.ts';
import { readTables } from './read/tables.ts';
import { readYaml } from './read/yaml.ts';

/**
 * Static credentials for Snowflake in a file, and connections past the relay, in the order of their places. Pure, and in time
 * about in proportion to the text's length; findings hold no value.
 */
export function findIn(file: LookedAt, known: Known): readonly Finding[] {
  const form = formOf(file.path);
  if (form === null) return [];
  if (form === 'key') return keyIn(file, known);
  if (form !== 'notebook') return found(file, form, known);
  const notebook = readNotebook(file.text);
  return found({ path: file.path, text: notebook.text }, 'python', known).map((finding) => ({
    ...finding,
    start: notebook.inFile(finding.start),
    end: notebook.inFile(finding.end),
    // What stands in a cell is mended in the cell, when the notebook is open.
    part: null,
  }));
}

function found(file: LookedAt, form: Form, known: Known): readonly Finding[] {
  const { path, text } = file;
  const traits: Omit<FileTraits, 'leadsToAccount'> = {
    path,
    isCredentialFile: isCredentialFile(`/${path}`) || /(?:^|\/)connections\.toml$/.test(path),
    driver: isProgram(form) ? driverNamedIn(text) : null,
    saysSnowflake: /snowflake/i.test(text),
    saysOthers: OTHERS.test(text),
    teaches: teaches(path),
  };
  const servers = form === 'tables' ? [] : serversIn(path, text, known.relays);
  const findings: Finding[] = servers.map((server) => ({
    kind: 'server',
    name: server.name,
    start: server.start,
    end: server.end,
    part: { type: 'server', server },
  }));
  const covered: Range[] = [...servers];
  if (!mayHold(text, traits)) return findings;
  const groups = form === 'text' ? [] : groupsOf(text, form);
  const addresses = addressesIn(text, form === 'go' && traits.driver !== null).map((address) => ({
    ...address,
    way: wayOfHost(address.text, known.relays) === 'relay' ? 'relay' : wayOfAddress(address.host, known),
  }));
  for (const { way, ...address } of addresses) {
    covered.push(address);
    if (way === 'relay' || overlaps(servers, address)) continue;
    const part = { type: 'address', address } as const;
    if (address.secret !== null && isSecretValue(path, address.secret.value))
      findings.push({ kind: 'secret', name: null, part, ...rangeOf(address.secret) });
    else if (
      address.secret === null &&
      way === 'account' &&
      !traits.teaches &&
      !isComment(text, address.start, form)
    )
      findings.push({ kind: 'direct', name: null, part, ...rangeOf(address) });
  }
  const leadsToAccount = addresses.some(({ way }) => way === 'account');
  for (const group of groups) {
    const server = form === 'tables' ? serverOfTable(group, text, known.relays) : null;
    if (server === null) continue;
    covered.push(server);
    findings.push({ kind: 'server', name: server.name, part: null, ...rangeOf(server) });
  }
  for (const secret of form === 'code' ? userPasswordsIn(text) : [])
    if (isSecretValue(path, secret.value))
      findings.push({ kind: 'secret', name: 'PASSWORD', part: null, ...rangeOf(secret) });
  const blocks = groups.flatMap(blocksOf);
  for (const block of blocks) {
    for (const finding of judgeBlock(
      block,
      { ...traits, leadsToAccount: leadsToAccount || isWithin(block, blocks, known) },
      known,
    ))
      if (!overlaps(covered, finding)) findings.push(finding);
    covered.push(...block.settings.filter(({ value }) => value !== null).map(({ at }) => at));
  }
  // What is written where no reader sees a setting: in a comment, a command, a document.
  for (const seen of namedSecretsIn(text))
    if (
      !overlaps(covered, seen) &&
      isSecretValue(path, seen.value) &&
      // A bare word in a program is a name.
      (!isProgram(form) || /["'`]/.test(text[seen.start - 1]!) || isComment(text, seen.start, form)) &&
      !/[{}$]|^\W+$|^\.[*+]|^\\/.test(seen.value) &&
      (traits.saysSnowflake || /snowflake|snowsql/i.test(seen.name!))
    )
      findings.push({ kind: 'secret', name: seen.name, part: null, ...rangeOf(seen) });
  return inOrder(withoutTheirAddresses(findings));
}

/** `credentials: { password }` within what names an account's host. */
function isWithin(block: Block, blocks: readonly Block[], known: Known): boolean {
  const outer = block.path.slice(0, -1).join('\n');
  return (
    block.path.length > 0 &&
    (block.form === 'json' || block.form === 'yaml') &&
    blocks.some(
      (other) =>
        other !== block &&
        other.path.length === block.path.length - 1 &&
        other.path.join('\n') === outer &&
        ofRole(other, 'host', 'url').some(({ value }) => wayOfHost(value, known.relays) === 'account'),
    )
  );
}

/** An address whose password is handed over beside it is one connection with it. */
function withoutTheirAddresses(findings: readonly Finding[]): readonly Finding[] {
  const hasSecret = findings.some(({ kind, part }) => kind === 'secret' && part?.type === 'block');
  return findings.filter(({ kind, part }) => !(hasSecret && kind === 'direct' && part?.type === 'address'));
}

function groupsOf(text: string, form: Form): readonly Group[] {
  return readGroups(text, form).map((group) => ({ ...group, settings: byTheirNames(group.settings) }));
}

/** `name: SNOWFLAKE_PASSWORD` and `value: ...` beside each other, as containers are given their environment. */
function byTheirNames(settings: readonly Setting[]): readonly Setting[] {
  const [name, value] = ['name', 'value'].map((key) => settings.find((each) => each.name === key));
  return name?.value == null || value === undefined ? settings : [{ ...value, name: name.value }];
}

function readGroups(text: string, form: Form): readonly Group[] {
  switch (form) {
    case 'lines':
      return readLines(text, form);
    case 'tables':
      return readTables(text);
    case 'yaml':
      return readYaml(text);
    default:
      return readBrackets(text, form);
  }
}

function isProgram(form: Form): boolean {
  return !['lines', 'tables', 'yaml', 'json', 'text', 'key', 'hcl'].includes(form);
}

/** Most files are done with this. */
function mayHold(text: string, traits: Omit<FileTraits, 'leadsToAccount'>): boolean {
  return (
    traits.saysSnowflake ||
    traits.isCredentialFile ||
    /snowsql/i.test(text) ||
    /\baccount\s{0,2}=[^;\n]{1,200};/i.test(text)
  );
}

function wayOfAddress(host: string, known: Known) {
  const way = wayOfHost(host, known.relays);
  return way === 'elsewhere' && !/[.:]/.test(host.replace(/\.[a-z]{2}-[a-z]+-\d.*$/, ''))
    ? wayOfHost(`${host}.snowflakecomputing.com`, known.relays)
    : way;
}

/** Whether a place is on a line that is a comment as a whole. */
function isComment(text: string, place: number, form: Form): boolean {
  const line = text.slice(text.lastIndexOf('\n', place) + 1, place);
  return form === 'text' || /^\s*(?:#|\/\/|\*|\/\*|--|;|<!--|%|!)/.test(line);
}

function overlaps(ranges: readonly Range[], { start, end }: Range): boolean {
  return ranges.some((range) => range.start < end && start < range.end);
}

function rangeOf({ start, end }: Range): Range {
  return { start, end };
}

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const sorted = findings.toSorted((a, b) => a.start - b.start || b.end - a.end);
  return sorted.filter(
    (finding, index) => !sorted.slice(0, index).some((other) => overlaps([other], finding)),
  );
}
