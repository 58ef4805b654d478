// @ts-check
/** How many generated cases a law is tried on: a fifth of them for every commit, all in the long run (`make test-all`). */

/** @param {number} count */
export const runs = (count) => ({ numRuns: process.env.LONG_TESTS ? count : Math.ceil(count / 5) });
