// SPDX-License-Identifier: CC-BY-4.0

// A seat, as a row of the teacher's table.

import { button, make } from "../dom.js";

/** After how long without a passed check, or without a sign, a seat is marked, in seconds. */
const STUCK = 5 * 60;
const AWAY = 60;

const ago = (seconds) => {
  if (seconds < AWAY) {
    return t`now`;
  }
  return seconds < 3600 ? t`${Math.floor(seconds / 60)} min ago` : t`${Math.floor(seconds / 3600)} h ago`;
};

const checked = ({ exercise, passed, at }, now) =>
  (passed ? t`${exercise}: done, ${ago(now - at)}` : t`${exercise}: not yet, ${ago(now - at)}`);

const doing = ({ queued, running }) => (queued ? t`place ${queued} in the queue` : running ? t`runs` : "");

/** What the cells say of a seat, in the order of the table's columns. */
const CELLS = [
  ({ chapter }) => chapter ?? "",
  ({ exercise }) => exercise ?? "",
  ({ check }, now) => (check ? checked(check, now) : ""),
  doing,
  ({ seen }, now) => ago(now - seen),
];

/** Text that stays the same stays selected. */
const put = (element, text) => {
  if (element.textContent !== text) {
    element.textContent = text;
  }
};

/**
 * Returns `{ element, update }`; `update(seat)` shows how the seat is now. `open()` is called when its name is pressed.
 * Times of a seat are in seconds since 1970.
 */
export const row = ({ name }, open) => {
  const mark = make("span");
  const cells = CELLS.map(() => make("td"));
  const element = make("tr", {}, make("th", { scope: "row" }, button(name, open), mark), ...cells);
  const update = (seat) => {
    const now = Date.now() / 1000;
    const stuck = seat.check && !seat.check.passed && now - seat.check.at > STUCK;
    const away = now - seat.seen > AWAY;
    element.className = stuck ? "stuck" : away ? "away" : "";
    put(mark, stuck ? t` is stuck` : "");
    CELLS.forEach((says, index) => put(cells[index], says(seat, now)));
  };
  return { element, update };
};
