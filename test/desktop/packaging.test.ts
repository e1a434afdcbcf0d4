import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import electron from 'electron/package.json' with { type: 'json' };
import manifest from '../../desktop-approver/package.json' with { type: 'json' };
import { packaging } from '../../desktop-approver/packaging.ts';

/** Of `app-builder-lib` 26.17.0 (MIT), as it checks configurations itself; without its descriptions. */
const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, 'electron-builder.schema.json'), 'utf8'),
) as object;
const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
/** As it is written to the file that `electron-builder` reads. */
const written = (environment: Record<string, string>) =>
  JSON.parse(JSON.stringify(packaging(environment))) as ReturnType<typeof packaging>;

const UPDATES = { SLUICE_UPDATE_URL: 'https://updates.example.com/', SLUICE_UPDATE_CHANNEL: 'beta' };

it.each([{}, UPDATES, { ELECTRON_OVERRIDE_DIST_PATH: '/opt/electron' }])(
  'is a configuration of electron-builder with %j',
  (environment) => {
    validate(written(environment));
    expect(validate.errors).toBeNull();
  },
);

it('is none with what electron-builder does not know', () => {
  expect(validate({ ...written({}), protocol: 'sluice' })).toBe(false);
  expect(validate({ ...written({}), electronFuses: { runAsNode: 'no' } })).toBe(false);
});

it('leaves nothing in the binary that runs what is not the app', () => {
  expect(written({}).electronFuses).toEqual({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    onlyLoadAppFromAsar: true,
    enableEmbeddedAsarIntegrityValidation: true,
    enableCookieEncryption: true,
    grantFileProtocolExtraPrivileges: false,
  });
  expect(written({}).asar).toBe(true);
});

it('opens links and session files, on each system', () => {
  const { protocols, fileAssociations, linux, win, mac, icon } = written({});
  expect(protocols.flatMap(({ schemes }) => schemes)).toEqual(['sluice']);
  expect(fileAssociations.map(({ ext }) => ext)).toEqual(['sluice']);
  expect([linux.target, win.target, mac.target].every((targets) => targets.length > 0)).toBe(true);
  expect(existsSync(join(import.meta.dirname, '../../desktop-approver/icons', icon))).toBe(true);
});

it('looks for newer releases only where somebody says where', () => {
  expect(written({}).publish).toBeNull();
  for (const url of ['http://updates.example.com/', 'file:///tmp', 'x']) {
    expect(() => packaging({ SLUICE_UPDATE_URL: url })).toThrow('https');
  }
  expect(written(UPDATES).publish).toEqual([
    { provider: 'generic', url: 'https://updates.example.com/', channel: 'beta' },
  ]);
});

it('is of the Electron whose types it is checked against, which downloads nothing when it is installed', () => {
  expect(manifest.devDependencies.electron).toBe(electron.version);
  expect(written({}).electronVersion).toBe(electron.version);
  const { scripts = {} } = electron as { readonly scripts?: Readonly<Record<string, string>> };
  expect(Object.keys(scripts).filter((name) => /install/.test(name))).toEqual([]);
});
