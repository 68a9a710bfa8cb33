// SPDX-License-Identifier: CC-BY-4.0

// Commands that the text names, such as `cargo lab run -- true`: a press runs them here.

import { button } from "./dom.js";

const RUN = /^cargo lab (?:run -- |trace )/;
const SHELL = "cargo lab shell";

/** What a command line is put behind. */
const BLOCKS = ".table-wrapper, table, p, li";

const runs = (line, block) => {
  let input;
  return async () => {
    const { runBelow } = await import("./run/inline.js");
    input ??= runBelow(block, line);
    input.focus();
  };
};

/** Puts a button behind each. `shell()` opens the terminal. */
export const commands = (shell) => {
  for (const code of document.querySelectorAll("main :not(pre) > code")) {
    const line = code.textContent.replaceAll(/\s+/g, " ").trim();
    const block = code.closest(BLOCKS);
    const press = line === SHELL ? shell : RUN.test(line) && block && runs(line, block);
    if (press) {
      const [text, icon, label] = line === SHELL ? [">_", undefined, t`Open the terminal`] : ["", "play", t`Run ${line}`];
      code.after(" ", button(text, press, { class: "live-button live-inline", icon, title: label, "aria-label": label }));
    }
  }
};
