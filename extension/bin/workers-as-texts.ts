import { dirname, resolve } from 'node:path';
import { build, type Plugin } from 'vite';

const ASKED = /\?worker&url$/;
const TEXT = '\0worker-as-text:';

/**
 * Programs beside a page, for webviews: those start none by an address of a file, but by one that the page itself has made of
 * a text (code.visualstudio.com/api/extension-guides/webview#using-web-workers). Each is one file, in the page's own script.
 *
 * @param plugin of their own builds.
 */
export function workersAsTexts(plugin: Plugin): Plugin {
  return {
    name: 'workers-as-texts',
    enforce: 'pre',
    resolveId(source, importer) {
      if (!ASKED.test(source) || importer === undefined) return null;
      return TEXT + resolve(dirname(importer), source.replace(ASKED, ''));
    },
    async load(id) {
      if (!id.startsWith(TEXT)) return null;
      const code = await bundled(id.slice(TEXT.length), plugin);
      return `export default URL.createObjectURL(new Blob([${JSON.stringify(code)}], { type: 'text/javascript' }));`;
    },
  };
}

async function bundled(path: string, plugin: Plugin): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    plugins: [plugin],
    build: {
      write: false,
      target: 'chrome140',
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: path,
        output: { format: 'iife', entryFileNames: 'worker.js', codeSplitting: false },
      },
    },
  });
  const [chunk, ...more] = [built].flat().flatMap((result) => ('output' in result ? result.output : []));
  if (chunk?.type !== 'chunk' || more.length > 0) throw new Error(`${path} is not one file`);
  return chunk.code;
}
