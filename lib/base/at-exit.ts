// What is to be done if the process exits in the middle of a work. One listener for all of it: Node warns of more than ten.

const works = new Set<() => unknown>();

/** All of them, whatever one of them throws. */
function doAll(): void {
  const failures: unknown[] = [];
  for (const work of [...works].toReversed()) {
    try {
      work();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** Does `work` if the process exits, before what was given earlier. What it returns takes that back. */
export function atExit(work: () => unknown): () => void {
  // A function of its own: the same work may be given twice.
  const own = (): unknown => work();
  if (works.size === 0) process.once('exit', doAll);
  works.add(own);
  return () => {
    works.delete(own);
    if (works.size === 0) process.off('exit', doAll);
  };
}
