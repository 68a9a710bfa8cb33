// SPDX-License-Identifier: CC-BY-4.0

// A file of the checkout to look at.

import { make } from "../dom.js";
import { files } from "../server.js";
import { code } from "./code.js";

/** Opens it: `{ element, show }`. */
export const openReading = async (path) => {
  const file = await files.read(path);
  const editor = code({ ...file, text: file.original });
  return { element: make("div", { class: "live-code hljs" }, editor.element), show: editor.show };
};
