// SPDX-License-Identifier: CC-BY-4.0

// Lines that mark excerpts for the book are hidden. They stay in the file.

import { StateField } from "@codemirror/state";
import { Decoration, EditorView } from "@codemirror/view";

import { ANCHOR } from "./excerpt.js";

const hidden = (doc) => {
  const ranges = [];
  for (let number = 1; number <= doc.lines; number++) {
    const { from, to, text } = doc.line(number);
    if (ANCHOR.test(text)) {
      ranges.push(Decoration.replace({ block: true }).range(from, to));
    }
  }
  return Decoration.set(ranges);
};

const field = StateField.define({
  create: ({ doc }) => hidden(doc),
  update: (ranges, { docChanged, newDoc }) => (docChanged ? hidden(newDoc) : ranges),
  provide: (it) => [
    EditorView.decorations.from(it),
    EditorView.atomicRanges.of((view) => view.state.field(it)),
  ],
});

export const anchors = field;
