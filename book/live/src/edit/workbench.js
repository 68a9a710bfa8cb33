// SPDX-License-Identifier: CC-BY-4.0

// An editor below a listing, with a command line. There is one for each file; at another listing of the file it moves.

import { button, keepKeys, make } from "../dom.js";
import { loads, recorded } from "../markers.js";
import { once } from "../once.js";
import { commandLine } from "../run/command.js";
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

const makeBench = async (file) => {
  const doc = await openDocument(file, () => run.start());
  const openAt = (other, line) =>
    (other === file ? doc.show(line) : open({ ...bench.origin, file: other, line, after: element, command: run.input.value }));
  const shown = output(t`Output with your ${file}`, openAt);
  const run = commandLine("", async (command) => {
    doc.mark([]);
    if (!(await doc.save())) {
      return [];
    }
    return [{
      path: "/live/run",
      first: request(command, bench.origin, bench.origin.run),
      output: shown,
      on: { diagnostics: ({ items }) => doc.mark(items) },
    }];
  }, { title: "Ctrl+Enter" });

  const close = button(t`Close`, async () => {
    await doc.save();
    element.hidden = true;
    bench.opener?.setAttribute("aria-expanded", "false");
    bench.opener?.focus();
  });
  const element = make("section", { class: "live-workbench", "aria-label": t`Editor: ${file}` },
    make("div", { class: "live-bar" }, make("strong", {}, file), doc.state, doc.compare, doc.restore, close),
    doc.element,
    run.element,
    shown.element);
  keepKeys(element);
  // The origin is what the command line was filled for: `{ module, run }`.
  const bench = { element, doc, input: run.input, origin: {}, opener: undefined };
  return bench;
};

/** Opens a file below an element. An empty command line gets the command of where it is opened from. */
export const open = async ({ file, after, excerpt, line, opener, module, run: recording, command }) => {
  const bench = await once(benches, file, () => makeBench(file));
  if (!bench.input.value.trim()) {
    bench.origin = { module, run: recording };
    bench.input.value = command ?? recording?.command ?? "";
  }
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
