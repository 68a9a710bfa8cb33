// SPDX-License-Identifier: CC-BY-4.0

// Run, under each recorded output. What stands side by side runs at once.

import { make } from "../dom.js";
import { edit } from "../edit.js";
import { isRun, recorded } from "../markers.js";
import { runButton } from "./button.js";
import { output } from "./output.js";

/** What a marker's block stands in: itself, or the columns that it is a part of. */
const place = ({ pre }) => pre.closest(".pair, .columns") ?? pre;

const LABELS = { 1: t`Run`, 2: t`Run both` };

/** Puts Run under the recordings among these markers. */
export const recordings = (all) => {
  const groups = Map.groupBy(all.filter(isRun), place);
  for (const [block, group] of groups) {
    const outputs = group.map((marker) =>
      output(t`Output of ${marker.command}`, (file, line) => edit({ file, line, after: block, run: marker })));
    const run = runButton(LABELS[group.length] ?? t`Run all`, () => group.map((marker, index) => ({
      path: "/live/run",
      first: { recording: recorded(marker) },
      output: outputs[index],
    })), { "aria-description": group.map(({ command }) => command).join("; ") });
    const elements = outputs.map(({ element }) => element);
    const shown = group.length > 1 ? [make("div", { class: block.className }, ...elements)] : elements;
    block.after(make("div", { class: "live-bar" }, run.button), ...shown);
  }
};
