// @ts-check
/** A lock that all tabs share, where the browser has locks. */

/**
 * Runs a job while no other tab runs one under the same name.
 * @param {string} name of the lock
 * @param {() => void | Promise<void>} job
 */
export async function withLock(name, job) {
  let begun = false;
  try {
    await navigator.locks.request(name, () => {
      begun = true;
      return job();
    });
  } catch (error) {
    if (begun) throw error;
    await job(); // no locks: an older browser, a page without https, or one that is being left
  }
}
