// Can it be read and used by everybody? What axe says of a page, and whether anything reaches beyond its edge.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** The page forbids strange scripts; it has to be opened with bypassCSP, and axe is let in for the look alone. */
export const readyForAxe = (page) => page.addScriptTag({ path: axe });

export async function isClean(page, where) {
  // A colour on its way to another one is no colour that anybody has to read.
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))));
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  const said = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.any[0]?.message ?? ''}`).join('; ')}`);
  assert.deepEqual(said, [], where);
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(tooWide <= 0, `${where} is ${tooWide} pixels too wide`);
}
