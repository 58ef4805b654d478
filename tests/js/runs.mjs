// @ts-check
/** How many generated cases a law is tried on: all in `make test-all`, a fifth of them in `make test`, few in `make quick`. */

const share = process.env.LONG_TESTS ? 1 : process.env.QUICK_TESTS ? 1 / 25 : 1 / 5;

/** @param {number} count */
export const runs = (count) => ({ numRuns: Math.ceil(count * share) });
