/* The draft as the server has it, and what is on its way there. One save at a time, each with the revision it was made on, so that two saves
   of one page never meet. What was before each save stands on a pile: undo sends it back. A stale save waits for a choice; nothing is lost. */
import { csrfToken } from "../lib/htmx.js";

const AGAIN_MS = [1000, 2000, 4000, 8000];
const MOST_UNDO = 100;

export class Store {
  constructor({ graph, version, revision, operations, save, tell }) {
    Object.assign(this, { graph, version, revision, tell, at: { operations, save } });
    this.done = [];
    this.undone = [];
    this.waiting = [];
    this.stale = null;
  }

  get busy() { return Boolean(this.sending || this.waiting.length || this.stale); }

  /* Operations on the graph. Resolves when they are saved or refused. */
  do(operations, more = {}) {
    const last = this.waiting.at(-1);
    if (last && !last.pile && !more.pile && last.operations?.every((o) => o.op === "move") && operations.every((o) => o.op === "move")) {
      last.operations.push(...operations);
      return last.promise;
    }
    return this.queue({ operations, ...more });
  }

  /* The form of a step: its fields are read when it is sent. */
  form(fields, chosen) { return this.queue({ fields, chosen }); }

  undo() { return this.back(this.done, "undo"); }

  redo() { return this.back(this.undone, "redo"); }

  async back(pile, name) {
    if (this.busy || !pile.length) return null;
    return this.queue({ operations: pile.at(-1), pile: name });
  }

  queue(item) {
    item.promise = new Promise((resolve) => { item.resolve = resolve; });
    this.waiting.push(item);
    this.run();
    return item.promise;
  }

  async run() {
    if (this.sending || this.stale || !this.waiting.length) return;
    const item = this.sending = this.waiting.shift();
    this.tell("saving");
    const answer = await this.send(item);
    this.sending = null;
    if (answer.status === 200) this.saved(item, answer.body);
    else if (answer.status === 409 && answer.body.stale) { this.second(item, answer.body); return; }
    else { this.tell("refused", { item, status: answer.status, ...answer.body }); item.resolve(null); }
    this.run();
  }

  /* Tries until the server answers: what was done stays here meanwhile. */
  async send(item) {
    for (let tries = 0; ; tries += 1) {
      try {
        const answer = await fetch(item.fields ? this.at.save : this.at.operations, { method: "POST", ...this.request(item) });
        if (answer.status < 500) return { status: answer.status, body: await answer.json().catch(() => ({})) };
      } catch { /* no connection */ }
      this.tell("lost");
      await new Promise((go) => { setTimeout(go, AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)]); });
    }
  }

  request(item) {
    const headers = { "X-CSRFToken": csrfToken(), Accept: "application/json" };
    if (item.fields) {
      const body = new URLSearchParams(item.fields());
      body.set("revision", this.revision);
      body.set("version", this.version);
      if (item.base) body.set("base", JSON.stringify(item.base));
      return { headers, body };
    }
    const body = { version: this.version, expected_revision: this.revision, operations: item.operations, chosen: item.chosen ?? this.chosen, keep: item.keep };
    return { headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(body) };
  }

  saved(item, body) {
    if (body.href) { this.leaving = true; location.assign(body.href); return; }
    const before = this.graph, changed = body.revision !== this.revision;
    Object.assign(this, { graph: body.graph, revision: body.revision });
    const back = item.theirs ?? [{ op: "replace", graph: before }];
    if (item.pile === "undo") { this.done.pop(); this.undone.push(back); }
    else if (item.pile === "redo") { this.undone.pop(); this.done.push(back); }
    else if (changed) { this.done.push(back); this.undone = []; }
    if (this.done.length > MOST_UNDO) this.done.shift();
    this.tell("saved", { item, ...body });
    item.resolve(body);
  }

  /* Somebody else was first. What we wanted, as operations on what this page stands on, is kept for the choice. */
  async second(item, body) {
    if (item.fields && !item.base) { // let the server read the form against our own graph
      item.base = this.graph;
      this.waiting.unshift(item);
      this.run();
      return;
    }
    const ours = [{ op: "replace", graph: this.graph }, ...body.operations.filter((o) => !item.base || o.op !== "replace")];
    for (const more of this.waiting.splice(0)) {
      if (more.operations) ours.push(...more.operations);
      more.resolve(null);
    }
    this.stale = { item, ours, theirs: body.stale };
    this.tell("stale", this.stale);
  }

  /* Somebody saved while nothing of ours was open: theirs is what we go on from, and what was before is not ours to bring back. */
  follow(revision) {
    Object.assign(this, { revision, done: [], undone: [] });
    return this.queue({ operations: [] });
  }

  /* "theirs": the page shows theirs, ours is one undo away. "mine": ours over theirs, theirs is one undo away. "new": ours as a draft. */
  choose(keep) {
    const { item, ours, theirs } = this.stale;
    this.stale = null;
    item.resolve(null);
    if (keep === "new") return this.queue({ operations: ours, keep: "new" });
    this.revision = theirs.revision;
    if (keep === "mine") return this.queue({ operations: ours, theirs: [{ op: "replace", graph: theirs.graph }] });
    this.graph = theirs.graph;
    this.done.push(ours);
    this.undone = [];
    return this.queue({ operations: [] });
  }
}
