// SPDX-License-Identifier: MIT OR Apache-2.0
// Texts that are not within the smallest box that has their middle.
(() => {
  const boxes = [...document.querySelectorAll("rect, circle")].map((it) => it.getBBox());
  const has = (box, x, y) => box.x <= x && x <= box.x + box.width && box.y <= y && y <= box.y + box.height;
  return [...document.querySelectorAll("text")]
    .filter((text) => {
      const its = text.getBBox();
      const [x, y] = [its.x + its.width / 2, its.y + its.height / 2];
      const around = boxes.filter((box) => has(box, x, y)).sort((a, b) => a.width - b.width);
      return !around.length || its.x < around[0].x || its.x + its.width > around[0].x + around[0].width;
    })
    .map((text) => text.textContent);
})()
