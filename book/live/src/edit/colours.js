// SPDX-License-Identifier: CC-BY-4.0

// The colours of mdBook's themes: the editor's tokens have the classes of highlight.js, which the themes colour.

import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const CLASSES = {
  comment: [tags.comment],
  keyword: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.self],
  string: [tags.string, tags.character, tags.special(tags.string)],
  number: [tags.number],
  literal: [tags.bool, tags.null],
  meta: [tags.meta, tags.macroName, tags.processingInstruction],
  type: [tags.typeName, tags.namespace],
  title: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.typeName)],
};

const styles = HighlightStyle.define(Object.entries(CLASSES).map(([name, tag]) => ({ tag, class: `hljs-${name}` })));

const theme = EditorView.theme({
  "&": { maxHeight: "min(60vh, 40rem)", fontSize: "var(--code-font-size)", color: "inherit", backgroundColor: "inherit" },
  "&.cm-focused": { outline: "2px solid var(--links)" },
  ".cm-scroller": { fontFamily: "var(--mono-font)", lineHeight: "1.45", backgroundColor: "inherit" },
  ".cm-content": { caretColor: "currentColor" },
  ".cm-cursor": { borderLeftColor: "currentColor" },
  // Lines that are scrolled sideways go below it.
  ".cm-gutters": { color: "inherit", backgroundColor: "inherit", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, currentColor 6%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--links) 35%, transparent)",
  },
  ".cm-panels, .cm-tooltip": { color: "var(--fg)", backgroundColor: "var(--theme-popup-bg)", border: "1px solid var(--theme-popup-border)" },
  ".cm-textfield": { color: "var(--searchbar-fg)", backgroundColor: "var(--searchbar-bg)" },
  ".cm-button": { color: "var(--fg)", background: "var(--theme-hover)" },
  ".cm-collapsedLines::before, .cm-collapsedLines::after": { content: "'…'" },
  ".cm-collapsedLines": { color: "inherit", background: "color-mix(in srgb, currentColor 5%, transparent)" },
});

export const colours = [syntaxHighlighting(styles), theme];
