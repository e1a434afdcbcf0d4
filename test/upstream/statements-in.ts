/** The statements of a text: what is between semicolons that are neither quoted nor in a comment. */
export function statementsIn(sql: string): readonly string[] {
  const statements = [''];
  for (const [piece] of sql.matchAll(PIECE)) {
    if (piece === ';') statements.push('');
    else statements[statements.length - 1] += piece;
  }
  const texts = statements.map((text) => text.trim()).filter((text) => text !== '');
  // The text of one statement stays as it was sent.
  return texts.length > 1 ? texts : [sql];
}

const PIECE =
  /'(?:[^'\\]|''|\\.)*'|"(?:[^"]|"")*"|\$\$.*?\$\$|--[^\n]*|\/\/[^\n]*|\/\*.*?\*\/|[^;'"$\-/]+|./gs;
