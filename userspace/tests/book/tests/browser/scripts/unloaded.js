// SPDX-License-Identifier: MIT OR Apache-2.0
// Pictures that did not load, or that say nothing to who does not see them.
[...document.querySelectorAll("main img")]
  .filter((image) => !image.complete || !image.naturalWidth || !image.alt.trim())
  .map((image) => image.src)
