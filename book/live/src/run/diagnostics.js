// SPDX-License-Identifier: CC-BY-4.0

// What the compiler says, each with a link to its line.

import { button, make } from "../dom.js";
import { fileName } from "../names.js";

/** `items` are `{ file, line, column, level, message, rendered }`. */
export const diagnostics = (items, openAt) =>
  make("ul", { class: "live-diagnostics" }, ...items.map((item) => {
    const place = item.file ? `${fileName(item.file)}:${item.line}:${item.column}` : undefined;
    const link = place && button(place, () => openAt(item.file, item.line), { class: "live-link" });
    return make("li", { "data-level": item.level },
      ...(link ? [link, " "] : []), `${item.level}: ${item.message}`,
      ...(item.rendered ? [make("pre", { class: "live-text", tabindex: "0" }, make("code", { class: "hljs" }, item.rendered))] : []));
  }));
