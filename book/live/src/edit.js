// SPDX-License-Identifier: CC-BY-4.0

// "Edit and run", at each listing. The editor is loaded when it is first used.

import * as changes from "./changes.js";
import { button, complain, make } from "./dom.js";
import { nearest } from "./markers.js";

/**
 * Opens a file in an editor below an element, `after`; in view are a `line` or an `excerpt`. `run` is what its command
 * line starts with: `{ file, command, module }` of a recording; `command`, if there is one, goes before it. `opener` is
 * the button that was pressed.
 */
export const edit = async (what) => {
  try {
    const { open } = await import("./edit/workbench.js");
    await open(what);
    complain(what.after, "");
  } catch (error) {
    complain(what.after, t`${what.file} does not open. ${error.message}`);
  }
};

/** Puts "Edit and run" at the listings among these markers. */
export const listings = (all) => {
  for (const listing of all.filter(({ kind }) => kind === "listing")) {
    const { file, module, pre } = listing;
    const open = () => edit({
      file,
      opener,
      module,
      excerpt: pre.textContent,
      after: pre.closest(".pair, .columns") ?? pre,
      run: nearest(listing, all),
    });
    const text = document.createTextNode("");
    const opener = button(text, open, { "aria-label": t`Edit and run ${file}`, "aria-expanded": "false" });
    changes.watch(file, (changed) => (text.data = changed ? t`Edit and run, changed` : t`Edit and run`));
    const caption = pre.previousElementSibling;
    if (caption?.matches("p.file")) {
      caption.append(" ", opener);
    } else {
      pre.before(make("div", { class: "live-bar" }, opener));
    }
  }
};
