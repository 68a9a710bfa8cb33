// SPDX-License-Identifier: CC-BY-4.0

// The teacher's page: every seat, and the files of one. Names are shown as text.

import "../../js/words.js";
import { workshop } from "./server.js";
import { row } from "./teacher/row.js";
import { showFiles } from "./teacher/files.js";

/** How often the seats are looked at, and when to try again what failed, in milliseconds. */
const PERIOD = 2000;

const part = (id) => document.getElementById(id);

/** The rows of the table, by the seats' ids. */
const rows = new Map();

const invite = async () => {
  try {
    const { link } = await workshop.invitation();
    part("link").textContent = part("link").href = link;
    part("code").src = "/live/invitation.svg";
    part("code").hidden = false;
  } catch {
    setTimeout(invite, PERIOD);
  }
};

const rowOf = (seat) => {
  if (!rows.has(seat.id)) {
    rows.set(seat.id, row(seat, () => showFiles(part("files"), seat)));
  }
  return rows.get(seat.id);
};

// A row that stays is not moved: it may be under the mouse.
const show = (seats) => {
  const all = seats.map(rowOf);
  [...rows].filter(([, it]) => !all.includes(it)).forEach(([id, it]) => {
    it.element.remove();
    rows.delete(id);
  });
  all.forEach(({ element, update }, index) => {
    update(seats[index]);
    const there = part("seats").children[index];
    if (there !== element) {
      part("seats").insertBefore(element, there ?? null);
    }
  });
};

const look = async () => {
  try {
    const seats = await workshop.seats();
    show(seats);
    part("state").textContent = seats.length === 1 ? t`1 seat` : t`${seats.length} seats`;
  } catch (error) {
    part("state").textContent = error.message;
  }
  setTimeout(look, PERIOD);
};

look();
invite();
