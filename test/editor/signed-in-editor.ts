import { type Demo, startDemo } from '@sluice/demo';
import { type Editor, type EditorOptions, openEditor } from './open-editor.ts';
import { signIn } from './sign-in.ts';

/** An editor in which Ada is signed in at a demo relay. */
export interface SignedIn {
  readonly editor: Editor;
  readonly demo: Demo;
  close(): Promise<void>;
}

export async function signedInEditor(options: EditorOptions = {}): Promise<SignedIn> {
  const demo =
    options.demo ?? (await startDemo({ customers: 50, logLevel: 'silent', ...options.demoOptions }));
  const end = async () => {
    if (options.demo === undefined) await demo.close();
  };
  try {
    const editor = await openEditor({ ...options, demo });
    const close = async () => {
      await editor.close();
      await end();
    };
    try {
      await signIn(editor, 'ada');
    } catch (error) {
      await close();
      throw error;
    }
    return { editor, demo, close };
  } catch (error) {
    await end();
    throw error;
  }
}
