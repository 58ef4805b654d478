// @ts-check
/**
 * Keeps a file in step with the record. Each round reads the file, merges it with the record, and writes the result.
 *
 * Only one tab at a time runs a round. A file that cannot be read completely is never written to. Browsers write a
 * temporary file and move it into place when it is complete, so an interrupted round changes nothing.
 *
 * @typedef {import("./store.mjs").Store} Store
 * @typedef {"none" | "on" | "ask" | "trouble"} Kind ask: the browser requires permission again
 * @typedef {{kind: Kind, name: string, says: string}} State
 */

import { LONGEST, NOT_UTF8, decoded, fromFile, tooLarge } from "../record/files.mjs";
import { emptyRecord } from "../record/record_types.mjs";
import { mergeSynced } from "../record/sync_merge.mjs";
import { when } from "../text/dates.mjs";
import { forget, remember, remembered } from "./file_handles.mjs";
import { withLock } from "./lock.mjs";
import { fileText } from "./record_file.mjs";

const PAUSE = 2_000; // ms from a change to the round that writes it
const LOCK = "ai-syllabus-sync";
const WRITING = { mode: "readwrite" };

export class SyncedFile {
  /** @type {State} */ state = { kind: "none", name: "", says: "" };
  /** @type {number | undefined} */ #waiting;
  /** @type {unknown} the record as of the last round */ #seen;

  /**
   * @param {Store} store
   * @param {() => void} draw called when the state changes
   */
  constructor(store, draw) {
    this.store = store;
    this.draw = draw;
    store.subscribe(() => {
      if (this.state.kind !== "none" && store.record !== this.#seen) this.#waiting ??= setTimeout(() => this.sync(), PAUSE);
    });
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden || this.#waiting !== undefined) this.sync();
    });
    addEventListener("pageshow", (event) => event.persisted && this.sync());
  }

  /** @param {any} handle of the file that the learner chose */
  async choose(handle) {
    try {
      await remember({ handle, base: "", replaced: this.store.record.replaced ?? "" });
    } catch {
      return this.#tell("none", "", `This browser does not remember files, so ${handle.name} cannot be kept up to date.`);
    }
    await this.sync();
  }

  /** To be called by a click: browsers ask for permission only then. */
  async allow() {
    const synced = await remembered();
    await synced?.handle.requestPermission(WRITING);
    await this.sync();
  }

  async stop() {
    await forget();
    const { name } = this.state;
    this.#tell("none", name, `${name} is no longer kept up to date. It holds what was last written to it.`);
  }

  async sync() {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    await withLock(LOCK, () => this.#round());
  }

  async #round() {
    const synced = await remembered(); // another tab may have written, chosen another file, or stopped
    if (!synced) return this.#tell("none", "", "");
    const { handle } = synced;
    this.#seen = this.store.record;
    if ((this.store.record.replaced ?? "") !== synced.replaced) {
      await forget();
      const says = `${handle.name} is no longer kept up to date, because everything here was replaced. It holds what it held before.`;
      return this.#tell("none", handle.name, says);
    }
    try {
      if ((await handle.queryPermission(WRITING)) !== "granted") return this.#askAgain(handle.name);
      const why = await this.#exchange(synced);
      if (why) return this.#tell("trouble", handle.name, `${handle.name} ${why} Nothing was written to it.`);
      const time = when(new Date().toISOString());
      this.#tell("on", handle.name, `✓ ${handle.name} is kept up to date, last at ${time}.`);
    } catch (error) {
      this.#explain(handle.name, error instanceof DOMException ? error.name : String(error));
    }
  }

  /**
   * @param {import("./file_handles.mjs").Synced} synced
   * @returns {Promise<string>} why nothing was exchanged, or nothing
   */
  async #exchange({ handle, base, replaced }) {
    if (this.store.status === "newer") return "waits: your stored progress is of a newer version, so reload this page.";
    const file = await handle.getFile();
    if (file.size > LONGEST) return tooLarge();
    const text = decoded(await file.arrayBuffer());
    if (text === undefined) return NOT_UTF8;
    if (text !== base && text.trim() !== "") {
      const [found, known] = [fromFile(text), fromFile(base)];
      if (typeof found === "string") return found;
      if (found.wrong.length > 0) return `holds something that cannot be read (${found.wrong[0].slice(0, 60)}).`;
      const before = typeof known === "string" ? emptyRecord() : known.record;
      await this.store.change((held) => mergeSynced(before, held, found.record));
    }
    const now = fileText(this.store.record);
    if (now !== text) await write(handle, now);
    if (now !== base) await remember({ handle, base: now, replaced });
    return "";
  }

  /** @param {string} name */
  #askAgain(name) {
    this.#tell("ask", name, `The browser has to be asked again before anything is written to ${name}.`);
  }

  /**
   * @param {string} name of the file
   * @param {string} error
   */
  #explain(name, error) {
    if (error === "NotAllowedError" || error === "SecurityError") return this.#askAgain(name);
    if (error === "NotFoundError") return this.#tell("trouble", name, `${name} was moved or deleted: choose it again, or start a new one.`);
    this.#tell("trouble", name, `${name} could not be written just now (${error}). It is tried again with your next change.`);
  }

  /**
   * @param {Kind} kind
   * @param {string} name
   * @param {string} says
   */
  #tell(kind, name, says) {
    this.state = { kind, name, says };
    this.draw();
  }
}

/**
 * @param {any} handle
 * @param {string} text
 */
async function write(handle, text) {
  const writable = await handle.createWritable();
  try {
    await writable.write(text);
  } catch (error) {
    await writable.abort();
    throw error;
  }
  await writable.close();
}
