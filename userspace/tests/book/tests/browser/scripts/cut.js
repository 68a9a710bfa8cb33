// SPDX-License-Identifier: MIT OR Apache-2.0
// What has more text than it shows, and does not scroll.
[...document.querySelectorAll("main *")]
  .filter((element) => element.textContent.trim() && element.getClientRects().length)
  .filter((element) => {
    const { overflowX, overflowY } = getComputedStyle(element);
    const hides = (overflow) => overflow === "hidden" || overflow === "clip";
    return (
      (hides(overflowX) && element.scrollWidth > element.clientWidth) ||
      (hides(overflowY) && element.scrollHeight > element.clientHeight)
    );
  })
  .map((element) => `${element.localName}.${element.className}: ${element.textContent.trim().slice(0, 60)}`)
