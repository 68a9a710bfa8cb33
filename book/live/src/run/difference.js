// SPDX-License-Identifier: CC-BY-4.0

// What a run printed otherwise than the book.

import { make } from "../dom.js";

const KINDS = { "+": "live-added", "-": "live-removed" };

/** What a patch begins with. */
const HEAD = /^--- .*\n\+\+\+ .*\n@@ .*\n/;

/** `text` is a patch: lines that start with `-` are the book's, lines that start with `+` the run's. */
export const difference = (text) => {
  const left = text.replace(HEAD, "").trimEnd().replaceAll(/^@@ .*$/gm, "…");
  const lines = left.split("\n").map((line) => make("span", { class: `live-line ${KINDS[line[0]] ?? ""}` }, line));
  const shown = make("pre", { class: "live-text", tabindex: "0", "aria-label": t`Difference` }, make("code", { class: "hljs" }, ...lines));
  return make("div", {}, make("p", { class: "live-note" }, t`The book's lines have a minus, this run's a plus:`), shown);
};
