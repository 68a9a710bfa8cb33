// SPDX-License-Identifier: CC-BY-4.0

// What a run printed otherwise than the book.

import { make } from "../dom.js";

const KINDS = { "+": "live-added", "-": "live-removed" };

/** Lines that start with `-` are the book's, lines that start with `+` the run's. */
export const difference = (text) => {
  const lines = text.split("\n").map((line) => make("span", { class: KINDS[line[0]] }, `${line}\n`));
  const shown = make("pre", { class: "live-text", tabindex: "0", "aria-label": "Difference" }, make("code", { class: "hljs" }, ...lines));
  return make("div", {}, make("p", { class: "live-note" }, "The book's lines have a minus, this run's a plus:"), shown);
};
