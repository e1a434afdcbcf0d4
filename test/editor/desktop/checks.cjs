// @ts-check
const assert = require('node:assert/strict');

/**
 * What holds of the extension in any editor, with nobody signed in: run in desktop VS Code (`.vscode-test.mjs`) and, with the other
 * tests of the editor, in code-server.
 *
 * @type {readonly { readonly name: string, readonly run: (vscode: typeof import('vscode')) => Promise<void> }[]}
 */
exports.CHECKS = [
  {
    name: 'it is active, with every command that its manifest names',
    async run({ commands, extensions }) {
      const extension = extensions.getExtension('sluice.sluice');
      assert.ok(extension !== undefined, 'it is not installed');
      await extension.activate();
      const registered = new Set(await commands.getCommands(true));
      /** @type {readonly { readonly command: string }[]} */
      const contributed = extension.packageJSON.contributes.commands;
      assert.deepEqual(
        contributed.map(({ command }) => command).filter((command) => !registered.has(command)),
        [],
      );
    },
  },
  {
    name: 'its tools are there for agents, and answer that nobody is signed in',
    async run({ lm }) {
      const tools = lm.tools.filter(({ name }) => name.startsWith('sluice_'));
      assert.equal(tools.length, 7);
      await assert.rejects(
        async () => await lm.invokeTool('sluice_list_tables', { input: {}, toolInvocationToken: undefined }),
        /nobody is signed in/,
      );
    },
  },
  {
    name: 'it marks a mistake in SQL of Snowflake’s, by itself',
    async run({ languages, workspace }) {
      const document = await workspace.openTextDocument({
        language: 'snowflake-sql',
        content: 'SELECT 1;\nSELCT 2;\n',
      });
      const marks = () => languages.getDiagnostics(document.uri).map(({ range }) => document.getText(range));
      for (let tries = 0; tries < 600 && marks().length === 0; tries += 1)
        await new Promise((resolve) => setTimeout(resolve, 100));
      assert.deepEqual(marks(), ['SELCT']);
    },
  },
  {
    name: 'it knows nobody’s session before somebody has signed in',
    async run({ authentication }) {
      assert.deepEqual(await authentication.getAccounts('sluice'), []);
    },
  },
];
