// SPDX-License-Identifier: CC-BY-4.0

// A command of the text, in a command line below the block that it stands in.

import { keepKeys, make } from "../dom.js";
import { edit } from "../edit.js";
import { commandLine } from "./command.js";
import { output } from "./output.js";

/** Makes the command line, and runs it. Returns its input. */
export const runBelow = (block, line) => {
  const shown = output(t`Output of ${line}`, (file, at) =>
    edit({ file, line: at, after: element, command: bar.input.value }));
  const bar = commandLine(line, (command) => [{ path: "/live/run", first: { command }, output: shown }]);
  const element = make("div", {}, bar.element, shown.element);
  keepKeys(element);
  block[block.matches("li") ? "append" : "after"](element);
  bar.start();
  return bar.input;
};
