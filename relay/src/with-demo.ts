import { SluiceError } from './errors.ts';

/**
 * What is imported of the demo, which is a package of its own: a production relay is installed without it.
 *
 * @throws SluiceError `config_invalid` where it is not installed.
 */
export async function withDemo<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' || !message.includes("'@sluice/demo'")) throw error;
    throw new SluiceError('config_invalid', 'the demo is not installed', {
      advice: 'install the package @sluice/demo of the same version beside @sluice/relay',
    });
  }
}
