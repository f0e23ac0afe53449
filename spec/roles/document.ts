/** A document's own configuration beside the one that a role renders. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';

/**
 * Each line of the document is in the golden file, or has a reason why not; and nobody has a reason without need.
 * Comments, indentation and the number of blanks do not count.
 */
export function expectCorrected(document: string, golden: string, reasons: Readonly<Record<string, string>>): void {
  const now = new Set(linesOf(golden));
  const gone = linesOf(document).filter((line) => !now.has(line));
  expect([...new Set(gone)].sort(), document).to.deep.equal(Object.keys(reasons).sort());
}

const linesOf = (path: string): readonly string[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.replace(/#.*$/, '').trim().replace(/\s+/g, ' '))
    .filter((line) => line !== '' && line !== '}');
