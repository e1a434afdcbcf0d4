/** The relay's sentences put names between backticks: names are shown as what they are. */
export function ReasonText({ text }: { readonly text: string }) {
  return text.split(/`([^`]+)`/).map((part, index) =>
    // Every second one was between them. Nothing else tells these parts apart, and they do not change places.
    index % 2 === 1 ? <code key={index}>{part}</code> : part,
  );
}
