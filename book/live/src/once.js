// SPDX-License-Identifier: CC-BY-4.0

// What takes a while to make is made once, however often it is asked for meanwhile.

/** What `make()` promises for a key of the map `made`. Where it fails, the next call makes it again. */
export const once = (made, key, make) => {
  if (!made.has(key)) {
    const promise = make();
    made.set(key, promise);
    promise.catch(() => made.delete(key));
  }
  return made.get(key);
};
