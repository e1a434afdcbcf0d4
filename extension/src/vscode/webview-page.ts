import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

export interface WebviewPageOptions {
  readonly extensionUri: vscode.Uri;
  /** Of `src/webviews/`. */
  readonly name: string;
  readonly title: string;
  /** Whether its own programs run beside the page: they are handed to it as texts. */
  readonly hasWorkers?: boolean;
}

/** Where the pages' files are; webviews may load nothing else. */
export function webviewsFolder(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'webviews');
}

/**
 * A page of the extension's own: one script and one style sheet, which a number that nobody can guess lets in. Nothing is
 * loaded from elsewhere, nothing is asked of any address, and no text becomes code.
 */
export function webviewPage(webview: vscode.Webview, options: WebviewPageOptions): string {
  const { extensionUri, name, title, hasWorkers = false } = options;
  const nonce = randomBytes(18).toString('base64');
  const at = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(webviewsFolder(extensionUri), file));
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    ...(hasWorkers ? ['worker-src blob:'] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <title>${title}</title>
    <link rel="stylesheet" nonce="${nonce}" href="${at(`${name}.css`).toString()}">
  </head>
  <body>
    <div id="page"></div>
    <script type="module" nonce="${nonce}" src="${at(`${name}.js`).toString()}"></script>
  </body>
</html>`;
}
