/** The items in their order, in portions: each ends with the item that makes it as long as `length`, or longer. */
export function* portions<Item>(
  items: Iterable<Item>,
  lengthOf: (item: Item) => number,
  length: number,
): Generator<readonly Item[]> {
  let portion: Item[] = [];
  let filled = 0;
  for (const item of items) {
    portion.push(item);
    filled += lengthOf(item);
    if (filled < length) continue;
    yield portion;
    portion = [];
    filled = 0;
  }
  if (portion.length > 0) yield portion;
}
