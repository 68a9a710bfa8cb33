// SPDX-License-Identifier: MIT OR Apache-2.0
// What is wider than the page, and in no box that scrolls by itself.
(() => {
  const page = document.querySelector(".content");
  const wide = (element) => element.scrollWidth > element.clientWidth;
  if (![document.scrollingElement, page].some(wide)) {
    return [];
  }
  const outermost = (element) => !element || element === page || element === document.body;
  const inside = (element) =>
    !outermost(element) && (getComputedStyle(element).overflowX !== "visible" || inside(element.parentElement));
  const edge = document.scrollingElement.clientWidth;
  const listed = [...document.body.querySelectorAll("*")]
    .filter((element) => element.getBoundingClientRect().right > edge + 0.5)
    .filter((element) => !inside(element.parentElement))
    .map((element) => `${element.localName}.${element.className}: ${element.textContent.trim().slice(0, 60)}`);
  return listed.length ? listed : ["something scrolls"];
})()
