// The word that a misspelt one was meant to be.

/** How many characters have to be put in, taken out or changed to make one text of the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, character] of from.split('').entries()) {
    const next = [index + 1];
    for (const [place, other] of to.split('').entries()) {
      const changed = (row[place] ?? 0) + (character === other ? 0 : 1);
      next.push(Math.min(changed, (row[place + 1] ?? 0) + 1, (next[place] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** In UTF-16 code units. A longer word may come from anybody, and comparing takes the product of both lengths. */
const longestWord = 64;

/** The one of `words` that `word` is a slip of; undefined where none is near. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  if (word.length > longestWord) return undefined;
  const most = Math.max(1, Math.floor(word.length / 3));
  const [best] = words
    .filter((each) => Math.abs(each.length - word.length) <= most)
    .map((each) => ({ each, far: distance(word, each) }))
    .filter(({ far }) => far <= most)
    .toSorted((a, b) => a.far - b.far);
  return best?.each;
}
