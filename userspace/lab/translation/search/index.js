// SPDX-License-Identifier: CC-BY-4.0

// What mdBook's searcher gets in place of elasticlunr, whose index has the words between spaces: Japanese has no spaces.
// This one looks for a part of a text, which a book of this size makes easy.

"use strict";

window.elasticlunr = (() => {
  // Each character stays one, so that places in the folded text are places in the text.
  const fold = (text) =>
    text.toLowerCase().replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt() - 0xfee0));

  // サーバー finds サーバ: whether a word ends in a long vowel is a matter of taste.
  const foldQuery = (query) => fold(query.normalize("NFKC")).replace(/(\p{Script=Katakana})ー(?=\s|$)/gu, "$1");

  const count = (text, term) => text.split(term).length - 1;

  // A section without one of the terms has no score.
  const score = (section, terms) => {
    let sum = 0;
    for (const term of terms) {
      const inTitle = count(section.title, term) && 10 + (10 * term.length) / section.title.length;
      const inChapter = count(section.breadcrumbs, term) && 2;
      const found = inTitle + inChapter + Math.log2(1 + count(section.body, term));
      if (!found) {
        return 0;
      }
      sum += found;
    }
    return sum;
  };

  const terms = (query) => foldQuery(query).split(/\s+/).filter(Boolean);

  const load = ({ docs }) => {
    const sections = docs.map((doc) => {
      const [title, breadcrumbs, body] = [doc.title, doc.breadcrumbs, doc.body].map(fold);
      return { doc, title, breadcrumbs, body };
    });
    return {
      search: (query) => {
        const asked = terms(query);
        return sections
          .map((section) => ({ ref: section.doc.id, doc: section.doc, score: score(section, asked) }))
          .filter((result) => result.score)
          .sort((one, other) => other.score - one.score);
      },
    };
  };

  return { Index: { load }, fold, terms };
})();
