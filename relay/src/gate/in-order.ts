/**
 * Does something with each of `items`, with so many of them at once, and passes on what comes of it in their order. When
 * `items` break off, what came before is passed on first.
 */
export async function* inOrder<Item, Made>(
  items: AsyncIterable<Item>,
  atOnce: number,
  make: (item: Item) => Promise<Made>,
): AsyncGenerator<Made> {
  const making: Promise<Made>[] = [];
  let broken: { readonly by: unknown } | null = null;
  const iterator = items[Symbol.asyncIterator]();
  let isOver = false;
  try {
    while (!isOver || making.length > 0) {
      while (!isOver && making.length < atOnce) {
        try {
          const next = await iterator.next();
          isOver = next.done === true;
          if (!isOver) {
            const made = make(next.value as Item);
            // Whoever is before it may fail first, and nobody asks for this one then.
            made.catch(() => {});
            making.push(made);
          }
        } catch (error) {
          isOver = true;
          broken = { by: error };
        }
      }
      const first = making.shift();
      if (first !== undefined) yield await first;
    }
    if (broken !== null) throw broken.by;
  } finally {
    if (!isOver) await iterator.return?.();
  }
}
