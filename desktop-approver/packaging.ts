/**
 * How the app is packaged, as `electron-builder` reads it. Keys to sign with come from the environment, as it has them
 * (`CSC_LINK`, `WIN_CSC_LINK`, `APPLE_API_KEY` and so on); without them, packages are not signed.
 *
 * @param environment `SLUICE_UPDATE_URL` is where packages look for newer ones; unset: they do not look.
 * @throws when that is no https address: whoever is on the way would say which release is the newest.
 */
export function packaging(environment: Readonly<Record<string, string | undefined>>) {
  const update = environment['SLUICE_UPDATE_URL'];
  if (update !== undefined && URL.parse(update)?.protocol !== 'https:') {
    throw new Error('SLUICE_UPDATE_URL has to be an https address');
  }
  const channel = environment['SLUICE_UPDATE_CHANNEL'] ?? 'latest';
  return {
    appId: 'dev.sluice.approver',
    productName: 'Sluice',
    copyright: 'Apache-2.0',
    // Everything is in what was built: there is nothing else to take along.
    directories: { app: 'dist', output: 'packages', buildResources: 'icons' },
    files: ['**/*'],
    asar: true,
    npmRebuild: false,
    // The binary that was put there by hand; it is downloaded otherwise.
    ...(environment['ELECTRON_OVERRIDE_DIST_PATH'] === undefined
      ? {}
      : { electronDist: environment['ELECTRON_OVERRIDE_DIST_PATH'] }),
    electronVersion: '45.4.1',
    electronFuses: FUSES,
    protocols: [{ name: 'A request at Sluice', schemes: ['sluice'] }],
    fileAssociations: [
      {
        ext: 'sluice',
        name: 'Sluice session',
        description: 'A recorded session that proves itself',
        mimeType: 'application/x-sluice-session',
        role: 'Viewer' as const,
      },
    ],
    icon: 'app.png',
    linux: {
      target: ['AppImage', 'deb', 'rpm'],
      category: 'Development',
      synopsis: 'Decide on what agents ask for',
      maintainer: 'The Sluice contributors',
      executableName: 'sluice-approver',
    },
    win: { target: ['nsis'] },
    nsis: { oneClick: true, perMachine: false },
    mac: {
      target: ['dmg', 'zip'],
      category: 'public.app-category.developer-tools',
      hardenedRuntime: true,
      // Lives in the menu bar.
      extendInfo: { LSUIElement: true },
    },
    publish: update === undefined ? null : [{ provider: 'generic' as const, url: update, channel }],
  };
}

/**
 * What the binary itself can no longer do (electronjs.org/docs/latest/tutorial/fuses): be a plain Node, take code or options
 * from the environment or a debugger, load anything but the app's own archive, or an archive that was changed.
 */
const FUSES = {
  runAsNode: false,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  onlyLoadAppFromAsar: true,
  enableEmbeddedAsarIntegrityValidation: true,
  enableCookieEncryption: true,
  // Pages of `file:` would be privileged; the app has none.
  grantFileProtocolExtraPrivileges: false,
} as const;
