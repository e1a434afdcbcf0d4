import { registerHooks } from 'node:module';
import { controls } from './controls.ts';

/** Loaded before all else in a process of its own: one source file reads otherwise there, and on no disk. */
const name = process.env['WORLDS_WITHOUT'] ?? '';
const control = controls.get(name);
if (control === undefined) throw new Error(`there is no control \`${name}\``);
const { file, from, to } = control;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(`/${file}`)) return loaded;
    const source = Buffer.from(loaded.source as Uint8Array).toString('utf8');
    if (!source.includes(from)) throw new Error(`${file} has no \`${from}\``);
    return { ...loaded, source: source.replace(from, () => to) };
  },
});
