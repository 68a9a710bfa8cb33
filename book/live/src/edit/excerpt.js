// SPDX-License-Identifier: CC-BY-4.0

// Where in a file an excerpt is.

/** Lines that mark excerpts; the book leaves them out. */
export const ANCHOR = /\bANCHOR(_END)?: /;

/** The first line, from 1, of what is most like an excerpt. */
export const find = (text, excerpt) => {
  const lines = text.split("\n").map((line, index) => ({ line, number: index + 1 })).filter(({ line }) => !ANCHOR.test(line));
  const wanted = excerpt.trimEnd().split("\n");
  const alike = (start) => wanted.filter((line, index) => line.trim() && lines[start + index]?.line === line).length;
  const [best] = lines.map(({ number }, start) => ({ number, score: alike(start) })).sort((a, b) => b.score - a.score);
  return best.number;
};
