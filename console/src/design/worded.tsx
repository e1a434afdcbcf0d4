/** One of our own texts, in which what stands between backticks is typed somewhere: a command, a setting. */
export function Worded({ text }: { readonly text: string }) {
  return text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}
