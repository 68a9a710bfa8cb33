// SPDX-License-Identifier: CC-BY-4.0

// A seat, as a row of the teacher's table.

import { make } from "../dom.js";

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

/** `open()` is called when the seat's name is pressed. Times of a seat are in seconds since 1970. */
export const row = (seat, open) => {
  const now = Date.now() / 1000;
  const stuck = seat.check && !seat.check.passed && now - seat.check.at > STUCK;
  const away = now - seat.seen > AWAY;
  const cells = [seat.chapter ?? "", seat.exercise ?? "", seat.check ? checked(seat.check, now) : "", doing(seat), ago(now - seat.seen)];
  const name = make("button", { type: "button", "data-seat": seat.id, onclick: open }, seat.name);
  return make("tr", { class: stuck ? "stuck" : away ? "away" : undefined },
    make("th", { scope: "row" }, name, stuck ? t` is stuck` : ""), ...cells.map((cell) => make("td", {}, cell)));
};
