/**
 * The extension's checks in desktop VS Code, which is downloaded for it; docs/editor.md says how they are run. What drives
 * an editor by its window runs in code-server (`test/editor`).
 */
export default [
  {
    label: 'desktop',
    version: 'stable',
    files: 'test/editor/desktop/desktop.cjs',
    extensionDevelopmentPath: 'extension/dist',
    launchArgs: ['--disable-extensions', '--disable-telemetry', '--disable-workspace-trust'],
    mocha: { ui: 'tdd', timeout: 120_000 },
  },
];
