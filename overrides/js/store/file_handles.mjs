// @ts-check
/**
 * Which file the record is kept written to. A file's handle can lie in IndexedDB only; nothing else touches it there.
 *
 * @typedef {{handle: any, base: string, replaced: string}} Synced
 *   base: what the file held when this browser last read or wrote it; replaced: the record's `replaced` at that time
 */

const DATABASE = "ai-syllabus";
const TABLE = "synced-file";
const KEY = "file";

/** @returns {Promise<Synced | undefined>} */
export function remembered() {
  return use("readonly", (table) => table.get(KEY));
}

/** @param {Synced} synced */
export function remember(synced) {
  return use("readwrite", (table) => table.put(synced, KEY));
}

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
    database.close(); // an open one would keep the page out of the back-forward cache
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
