// SPDX-License-Identifier: CC-BY-4.0

// CodeMirror, with what a short file of Rust or C needs.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { cpp } from "@codemirror/lang-cpp";
import { rust } from "@codemirror/lang-rust";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { diff, unifiedMergeView } from "@codemirror/merge";
import { search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";

import { anchors } from "./anchors.js";
import { colours } from "./colours.js";

/** How each language is indented: Rust by four spaces, C by the kernel's tabs. */
const LANGUAGES = {
  rust: [rust(), indentUnit.of("    "), EditorState.tabSize.of(4)],
  c: [cpp(), indentUnit.of("\t"), EditorState.tabSize.of(8)],
};

/** The part of a text that a diagnostic is about, as `{ from, to }`. */
const range = (text, { line, column, end_line, end_column }) => {
  const at = (number, place) => {
    const { from, to } = text.line(Math.min(Math.max(number, 1), text.lines));
    return Math.min(from + Math.max(place - 1, 0), to);
  };
  const from = at(line, column);
  return { from, to: Math.max(from, at(end_line ?? line, end_column ?? column)) };
};

/**
 * An editor of a file: `{ text, original, language }`. Calls `changed()` after each edit, and `run()` on Ctrl+Enter.
 * Without them it is read only.
 */
export const code = (file, { changed, run } = {}) => {
  const comparison = new Compartment();
  const view = new EditorView({
    doc: file.text,
    extensions: [
      keymap.of([{ key: "Mod-Enter", run: () => run?.() ?? true }]),
      keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap, indentWithTab]),
      history(), search({ top: true }), lineNumbers(), lintGutter(), drawSelection(), indentOnInput(), bracketMatching(),
      highlightActiveLine(), highlightActiveLineGutter(), colours, anchors,
      LANGUAGES[file.language] ?? [],
      comparison.of([]),
      EditorState.readOnly.of(!changed),
      EditorView.updateListener.of((update) => update.docChanged && changed?.()),
      EditorView.contentAttributes.of({ "aria-label": t`${file.path}. Tab indents; press Escape, then Tab, to leave.` }),
    ],
  });
  const placed = (number, y) => {
    const { from } = view.state.doc.line(Math.min(Math.max(number, 1), view.state.doc.lines));
    view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y, yMargin: 24 }) });
  };
  return {
    element: view.dom,
    text: () => view.state.doc.toString(),
    /** Another text. Where both are the same, the cursor and the view stay. */
    replace: (text) => view.dispatch({
      changes: diff(view.state.doc.toString(), text)
        .map(({ fromA, toA, fromB, toB }) => ({ from: fromA, to: toA, insert: text.slice(fromB, toB) })),
    }),
    /** Brings a line into view, the cursor at its start. */
    show: (number) => {
      placed(number, "start");
      view.focus();
    },
    /** The same, with the line in the middle, and the focus where it is. */
    place: (number) => placed(number, "center"),
    /** The line that says what is to be written, from 1; 0 where there is none. */
    todo: () => view.state.doc.toString().split("\n").findIndex((line) => /\bTODO\b/.test(line)) + 1,
    /** Marks what the compiler says, at its lines. */
    mark: (items) => view.dispatch(setDiagnostics(view.state, items.map((item) => ({
      ...range(view.state.doc, item), severity: item.level === "error" ? "error" : "warning", message: item.message,
    })))),
    /** Shows what is other than in the original, or does not any more. */
    compare: (whether) => {
      const shown = unifiedMergeView({ original: file.original, mergeControls: false, collapseUnchanged: { margin: 3, minSize: 6 } });
      const cursor = EditorView.scrollIntoView(view.state.selection.main.head, { y: "center" });
      view.dispatch({ effects: [comparison.reconfigure(whether ? shown : []), cursor] });
    },
  };
};
