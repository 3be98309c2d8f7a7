/* Positions that the server has not acknowledged yet, kept in IndexedDB so that a dead battery loses none.

   const queue = await openQueue("12");
   await queue.add(point)         the point gets its seq
   await queue.first(200)         the oldest ones, in order
   await queue.drop([seq, …])     these are stored, or refused for good
   await queue.count()

   One database per person: a phone that is lent does not mix two couriers. Where the browser has no IndexedDB
   (private windows of some), the points stay in memory. */
const STORE = "points";

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

class StoredQueue {
  constructor(database) {
    this.database = database;
  }

  store(mode) {
    return this.database.transaction(STORE, mode).objectStore(STORE);
  }

  /* Grows also across reloads: by the clock, and past the last one kept. */
  async start() {
    const cursor = await asked(this.store("readonly").openCursor(null, "prev"));
    this.last = cursor ? cursor.key : 0;
  }

  async add(point) {
    this.last = Math.max(this.last + 1, Date.now());
    await asked(this.store("readwrite").add({ seq: this.last, ...point }));
  }

  first(limit) {
    return asked(this.store("readonly").getAll(null, limit));
  }

  count() {
    return asked(this.store("readonly").count());
  }

  async drop(seqs) {
    const store = this.store("readwrite");
    await Promise.all(seqs.map((seq) => asked(store.delete(seq))));
  }
}

class MemoryQueue {
  constructor() {
    this.points = [];
    this.last = 0;
  }

  async add(point) {
    this.last = Math.max(this.last + 1, Date.now());
    this.points.push({ seq: this.last, ...point });
  }

  async first(limit) {
    return this.points.slice(0, limit);
  }

  async count() {
    return this.points.length;
  }

  async drop(seqs) {
    const gone = new Set(seqs);
    this.points = this.points.filter((point) => !gone.has(point.seq));
  }
}

export async function openQueue(owner) {
  try {
    const request = indexedDB.open(`triporteur-courier-${owner}`, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "seq" });
    const queue = new StoredQueue(await asked(request));
    await queue.start();
    return queue;
  } catch {
    return new MemoryQueue();
  }
}
