// SPDX-License-Identifier: CC-BY-4.0

// An editor below a listing, with a command line. There is one for each file; at another listing of the file it moves.

import { button, keepKeys, make } from "../dom.js";
import { loads, recorded } from "../markers.js";
import { once } from "../once.js";
import { runButton } from "../run/button.js";
import { output } from "../run/output.js";
import { openDocument } from "./document.js";
import { find } from "./excerpt.js";

const benches = new Map();

/** What to ask the server for: the recording as it stands in the book, or a command of the reader's own. */
const request = (command, listing, recording) => {
  const module = loads(listing, recording);
  return recording && command === recording.command && module === recording.module
    ? { recording: recorded(recording) }
    : { command, module };
};

const makeBench = async ({ file, module, run: recording }) => {
  const doc = await openDocument(file, () => run.start());
  const openAt = (other, line) => (other === file ? doc.show(line) : open({ file: other, line, after: element }));
  const shown = output(`Output with your ${file}`, openAt);
  const command = make("input", {
    type: "text", value: recording?.command ?? "", placeholder: "a command in the guest", "aria-label": "Command",
    spellcheck: "false", autocapitalize: "off", autocomplete: "off",
  });
  const run = runButton("Run", async () => {
    doc.mark([]);
    if (!(await doc.save())) {
      return [];
    }
    return [{
      path: "/live/run",
      first: request(command.value.trim(), { module }, recording),
      output: shown,
      on: { diagnostics: ({ items }) => doc.mark(items) },
    }];
  }, { title: "Ctrl+Enter" });
  command.addEventListener("keydown", (event) => event.key === "Enter" && run.start());

  const close = button("Close", async () => {
    await doc.save();
    element.hidden = true;
    bench.opener?.setAttribute("aria-expanded", "false");
    bench.opener?.focus();
  });
  const element = make("section", { class: "live-workbench", "aria-label": `Editor: ${file}` },
    make("div", { class: "live-bar" }, make("strong", {}, file), ...doc.buttons, close),
    doc.element,
    make("div", { class: "live-bar live-command" }, make("span", { "aria-hidden": "true" }, "$"), command, run.button),
    shown.element);
  keepKeys(element);
  const bench = { element, doc, opener: undefined };
  return bench;
};

/** Opens a file below an element. */
export const open = async (what) => {
  const { file, after, excerpt, line, opener } = what;
  const bench = await once(benches, file, () => makeBench(what));
  bench.opener?.setAttribute("aria-expanded", "false");
  bench.opener = opener;
  opener?.setAttribute("aria-expanded", "true");
  bench.element.hidden = false;
  if (after.nextElementSibling !== bench.element) {
    after.after(bench.element);
  }
  bench.doc.show(line ?? (excerpt ? find(bench.doc.text(), excerpt) : 1));
  bench.element.scrollIntoView({ block: "nearest" });
};
