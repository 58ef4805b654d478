// @ts-check
/**
 * Stores the handle of the synced file in IndexedDB, the only place that can hold one. Nothing else uses that database.
 *
 * @typedef {{handle: any, base: string, replaced: string}} Synced
 *   base: what the file held when this browser last read or wrote it; replaced: the record's `replaced` at that time
 */

const DATABASE = "ai-syllabus";
const TABLE = "synced-file";
const KEY = "file";

/** The synced file, if there is one. @returns {Promise<Synced | undefined>} */
export function remembered() {
  return use("readonly", (table) => table.get(KEY));
}

/** Stores the synced file. @param {Synced} synced */
export function remember(synced) {
  return use("readwrite", (table) => table.put(synced, KEY));
}

/** Stops remembering the synced file. */
export function forget() {
  return use("readwrite", (table) => table.delete(KEY));
}

/**
 * @param {IDBTransactionMode} mode
 * @param {(table: IDBObjectStore) => IDBRequest} ask
 * @returns {Promise<any>}
 */
async function use(mode, ask) {
  const opening = indexedDB.open(DATABASE, 1);
  opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore(TABLE));
  const database = await answer(opening);
  try {
    return await answer(ask(database.transaction(TABLE, mode).objectStore(TABLE)));
  } finally {
    database.close(); // an open database keeps the page out of the back-forward cache
  }
}

/**
 * @param {IDBRequest} request
 * @returns {Promise<any>}
 */
function answer(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}
