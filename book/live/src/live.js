// SPDX-License-Identifier: CC-BY-4.0

// The live book. `cargo lab serve` adds this script to each page; everywhere else, the book is without it.

import * as changes from "./changes.js";
import { commands } from "./commands.js";
import { listings } from "./edit.js";
import { exercises } from "./exercises.js";
import { markers } from "./markers.js";
import { reload } from "./reload.js";
import { recordings } from "./run/recordings.js";
import { here } from "./server.js";
import { terminal } from "./terminal.js";

// Slides and the book in one page are for showing and for printing.
const chapter = location.pathname.match(/([^/]*?)(?:\.html)?$/)[1] || "index";
const isRead = chapter !== "print" && !new URLSearchParams(location.search).has("slides");

if (isRead) {
  // Fails where the server does not know this reader. Then the page is the book, without buttons.
  const known = await changes.load().then(() => true, () => false);
  if (known) {
    reload();
    const found = markers(document.querySelector("main"));
    recordings(found);
    listings(found);
    commands(terminal());
    // Without an answer there is no button.
    exercises().catch(() => {});
    // Whether the teacher knows makes no difference to the reader.
    here(chapter).catch(() => {});
  }
}
