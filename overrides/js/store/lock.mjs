// @ts-check
/** One tab after the other, where the browser has locks. */

/**
 * @param {string} name of what is done by turns
 * @param {() => void | Promise<void>} job
 */
export async function inTurn(name, job) {
  let begun = false;
  try {
    await navigator.locks.request(name, () => {
      begun = true;
      return job();
    });
  } catch (error) {
    if (begun) throw error;
    await job(); // no locks here: an older browser, a page without https, one that is being left
  }
}
